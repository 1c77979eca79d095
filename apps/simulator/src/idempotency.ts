import { createHash } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import { apiKeyOf } from "./authenticate.ts";
import type { Books, Change } from "./books.ts";
import type { Answer, OperationRequest, Outcome } from "./outcome.ts";
import type { SendAnswer } from "./send-answer.ts";
import { invalidRequest, KEY_IN_USE, KEY_USED_OTHERWISE } from "./stripe-errors.ts";

const MAX_KEY_LENGTH = 255;

/** Decides what a write request does. It reads the books and leaves the writing to its caller. */
export type Operation = (books: Books, request: OperationRequest) => Outcome;

type Options = { readonly books: Books; readonly send: SendAnswer; readonly now: () => Date };

/**
 * Runs each operation once per API key and idempotency key, as Stripe's v1 API does: whatever began executing is stored
 * and replayed to the same request, also a 402 or a 500; another request under the key is refused.
 *
 * From looking up the key to committing the change nothing is awaited, so two requests cannot both find it free.
 */
export function createOncePerKey({ books, send, now }: Options): (operation: Operation) => RequestHandler {
  // Only an answer that is slow to leave shows here. It need not survive a restart: its sockets do not either.
  const inFlight = new Set<string>();

  return (operation) => async (req, res) => {
    const key = readKey(req);
    if (key?.value === "" || (key && key.value.length > MAX_KEY_LENGTH)) return send(res, BAD_KEY);
    if (key && inFlight.has(key.scope)) return send(res, KEY_IN_USE);
    const earlier = key && earlierAnswer(books, key);
    if (earlier) return send(res, earlier);

    const id = typeof req.params.id === "string" ? req.params.id : "";
    const outcome = operation(books, { id, params: req.body, idempotencyKey: key?.value ?? null, now: now() });
    commit(books, outcome, key, res);

    if (!key) return send(res, outcome.answer, outcome.delivery);
    inFlight.add(key.scope);
    try {
      await send(res, outcome.answer, outcome.delivery);
    } finally {
      inFlight.delete(key.scope);
    }
  };
}

type Key = { readonly value: string; readonly scope: string; readonly fingerprint: string };

function readKey(req: Request): Key | null {
  const value = req.get("idempotency-key");
  if (value === undefined) return null;
  return {
    value,
    scope: digest([apiKeyOf(req), value]),
    fingerprint: digest([req.method, req.baseUrl + req.path, sorted(req.body ?? {})]),
  };
}

function earlierAnswer(books: Books, { scope, fingerprint }: Key): Answer | null {
  const stored = books.storedAnswer(scope);
  if (stored === undefined) return null;
  if (stored.fingerprint !== fingerprint) return KEY_USED_OTHERWISE;
  const headers = { "Idempotent-Replayed": "true", "Original-Request": stored.request_id };
  return { status: stored.status, body: stored.body, headers };
}

/** Everything the outcome makes true goes into the journal at once, before any answer leaves. */
function commit(books: Books, { answer, change, remembered }: Outcome, key: Key | null, res: Response): void {
  const kept = key && remembered;
  const stored: Change = kept
    ? {
        answer: {
          scope: key.scope,
          fingerprint: key.fingerprint,
          request_id: String(res.getHeader("Request-Id")),
          status: answer.status,
          body: answer.body,
        },
      }
    : {};
  if (kept || change.intent) books.commit({ ...change, ...stored });
}

const BAD_KEY = invalidRequest(`Idempotency keys must have 1 to ${MAX_KEY_LENGTH} characters.`);

function digest(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** The same parameters in another order are the same request. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
}
