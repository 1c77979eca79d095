import * as crypto from "node:crypto";
import {
  type ApiKeyOwner,
  createSharedStatement,
  type Database,
  findApiKeys,
  type KeyLookup,
  noteKeyUse,
} from "@payonce/db";
import { type ErrorCode, PayonceError } from "@payonce/domain";
import { clientAddress } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { isFromOtherPage, letRead, originNotAllowed } from "./cross-origin.ts";
import { createKnownKeys, type KeyChanges } from "./known-keys.ts";
import type { RateLimits } from "./rate-limits.ts";

declare module "express-serve-static-core" {
  interface Locals {
    /** Set once the key is known. Every query is limited to this merchant's rows. */
    merchantId: string;
    /** A publishable key was sent: everybody has it, so it opens nothing by itself. */
    isBrowser: boolean;
  }
}

const HOW = "Send a secret key as `Authorization: Bearer sk_…`.";

export interface Authentication {
  /** Lets only holders of a live secret key pass. */
  secretKey: RequestHandler;
  /** Lets publishable keys pass as well; what they may do is then up to the route. */
  anyKey: RequestHandler;
}

export interface AuthenticationOptions {
  db: Database;
  limits: RateLimits;
  /** Without it nothing is remembered, and each request asks the database whose key it has. */
  keyChanges?: KeyChanges | undefined;
  /** In milliseconds: the clock by which what is remembered grows old. */
  now?: (() => number) | undefined;
}

/** Finds out who asks, says so in `response.locals`, and counts the request against the limits. */
export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { db, limits, keyChanges = { generation: () => null }, now = () => performance.now() } = options;
  const { pool } = db;
  // As many as there may be requests in flight.
  const lookups = createSharedStatement((batch: readonly KeyLookup[]) => findApiKeys(pool, batch), {
    maxBatch: 100,
    maxWaiting: Number.POSITIVE_INFINITY,
  });
  const keys = createKnownKeys({ find: lookups.submit, changes: keyChanges, now });
  const noting = new Set<string>();
  /** Beside the request, which does not wait for it, and lost when it fails: the next lookup finds the same to note. */
  const noteUse = (keyId: string) => {
    if (noting.has(keyId)) return;
    noting.add(keyId);
    void noteKeyUse(pool, keyId)
      .catch(() => {})
      .finally(() => noting.delete(keyId));
  };

  const identify = async (request: Request, response: Response): Promise<ApiKeyOwner> => {
    const refuse = async (code: ErrorCode, detail: string): Promise<never> => {
      await limits.failure(clientAddress(request), response);
      throw new PayonceError(code, detail, { param: "Authorization" });
    };
    const header = request.headers.authorization;
    if (!header) return refuse("api_key_missing", HOW);
    if (isRepeated(request, "authorization"))
      return refuse("api_key_invalid", "There is more than one Authorization header.");
    const key = /^Bearer +(\S{1,200})$/i.exec(header)?.[1];
    // Looked up by its hash: comparing takes no longer for a key that is nearly right.
    const hash = key && crypto.hash("sha256", key, "hex");
    const origin = request.headers.origin ?? null;
    const owner = hash && (keys.recall(hash, origin) ?? (await keys.ask(hash, origin)));
    if (!owner) return refuse("api_key_invalid", `The key is unknown or revoked. ${HOW}`);
    if (owner.isUseUnnoted) noteUse(owner.id);
    response.locals.merchantId = owner.merchantId;
    response.locals.isBrowser = owner.kind === "publishable";
    return owner;
  };

  const admitSecret = async (owner: ApiKeyOwner, request: Request, response: Response) => {
    await limits.secretKey(owner.id, response);
    // No answer here can be read by a page: for secret keys there are no CORS headers.
    if (isFromOtherPage(request))
      throw new PayonceError(
        "secret_key_in_browser",
        "A web page sent a secret key, so whoever opens the page can read it. Revoke it, and use a publishable key there.",
        { param: "Authorization" },
      );
  };

  const admitPublishable = async (owner: ApiKeyOwner, request: Request, response: Response) => {
    const origin = request.get("origin");
    // Before anything is refused, so that the page can read why.
    if (origin !== undefined && owner.isOriginAllowed) letRead(response, origin);
    await limits.publishableKey(`${owner.id}:${clientAddress(request)}`, response);
    // Browsers name the origin with every POST; a GET of a page of our own host has none, and needs the client secret.
    const isNamed = request.method === "GET" || request.method === "HEAD" ? origin !== undefined : true;
    if (isNamed && !owner.isOriginAllowed) throw originNotAllowed();
  };

  const createHandler =
    (takesPublishable: boolean): RequestHandler =>
    async (request, response, next) => {
      response.setHeader("Vary", "Origin");
      const owner = await identify(request, response);
      if (owner.kind === "secret") await admitSecret(owner, request, response);
      else await admitPublishable(owner, request, response);
      if (response.locals.isBrowser && !takesPublishable)
        throw new PayonceError("secret_key_required", `A publishable key cannot do this. ${HOW}`, {
          param: "Authorization",
        });
      next();
    };
  return { secretKey: createHandler(false), anyKey: createHandler(true) };
}

/** Node keeps the first of several, and says nothing of the others. */
function isRepeated({ rawHeaders }: Request, name: string): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === name.length && rawHeaders[i]?.toLowerCase() === name) count++;
  return count > 1;
}
