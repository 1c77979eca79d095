import { createHash } from "node:crypto";
import { type Database, findApiKey } from "@payonce/db";
import { PayonceError } from "@payonce/domain";
import type { RequestHandler } from "express";

declare module "express-serve-static-core" {
  interface Locals {
    /** Set once the key is known. Every query is limited to this merchant's rows. */
    merchantId: string;
  }
}

const HOW = "Send a secret key as `Authorization: Bearer sk_…`.";

/** Lets only holders of a live secret key pass, and says whose it is in `response.locals.merchantId`. */
export function authenticate({ pool }: Database): RequestHandler {
  return async (request, response, next) => {
    const [header, another] = request.headersDistinct.authorization ?? [];
    if (!header) throw new PayonceError("api_key_missing", HOW, { param: "Authorization" });
    if (another !== undefined)
      throw new PayonceError("api_key_invalid", "There is more than one Authorization header.", {
        param: "Authorization",
      });
    const key = /^Bearer +(\S{1,200})$/i.exec(header)?.[1];
    // Looked up by its hash: comparing takes no longer for a key that is nearly right.
    const owner = key ? await findApiKey(pool, createHash("sha256").update(key).digest()) : null;
    if (!owner)
      throw new PayonceError("api_key_invalid", `The key is unknown or revoked. ${HOW}`, { param: "Authorization" });
    if (owner.kind !== "secret")
      throw new PayonceError("secret_key_required", `A publishable key cannot do this. ${HOW}`, {
        param: "Authorization",
      });
    response.locals.merchantId = owner.merchantId;
    next();
  };
}
