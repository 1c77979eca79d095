import type { Request, RequestHandler } from "express";
import type { Agenda } from "./agenda.ts";
import { apiKeyOf } from "./authenticate.ts";
import type { Books, Change } from "./books.ts";
import type { UsedKey } from "./due.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Answer, OperationRequest, Outcome } from "./outcome.ts";
import type { SendAnswer } from "./send-answer.ts";
import { storedUnder } from "./stored-answer.ts";
import { invalidRequest, KEY_IN_USE, KEY_USED_OTHERWISE } from "./stripe-errors.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

const MAX_KEY_LENGTH = 255;

/** Decides what a write request does. It reads the books and leaves the writing to its caller. */
export type Operation = (books: Books, request: OperationRequest) => Outcome;

type Options = {
  readonly books: Books;
  readonly agenda: Agenda;
  readonly webhooks: Webhooks;
  readonly send: SendAnswer;
  readonly slowMs: number;
  readonly now: () => Date;
};

/**
 * Runs each operation once per API key and idempotency key, as Stripe's v1 API does: whatever began executing is stored
 * and replayed to the same request, also a 402 or a 500; another request under the key is refused.
 *
 * From looking up the key to committing the change nothing is awaited, so two requests cannot both find it free.
 */
export function createOncePerKey({ books, agenda, webhooks, send, slowMs, now }: Options) {
  // Only an answer that is slow to leave shows here. It need not survive a restart: its sockets do not either.
  const inFlight = new Set<string>();

  return (operation: Operation): RequestHandler =>
    async (req, res) => {
      const key = readKey(req);
      if (key?.value === "" || (key && key.value.length > MAX_KEY_LENGTH)) return send(res, BAD_KEY);
      if (key && inFlight.has(key.scope)) return send(res, KEY_IN_USE);
      const earlier = key && earlierAnswer(books, key);
      if (earlier) return send(res, earlier);

      const id = typeof req.params.id === "string" ? req.params.id : "";
      const requestId = String(res.getHeader("Request-Id"));
      const outcome = operation(books, { id, params: req.body, key, requestId, now: now(), slowMs });
      const change = changeBy(outcome, key, requestId);
      // Everything the outcome makes true goes into the journal at once, before any answer leaves.
      const told = webhooks.eventsFor(change, { id: requestId, idempotency_key: key?.value ?? null });
      if (Object.keys(change).length > 0) books.commit({ ...change, ...told });
      if (change.due) agenda.add(change.due, res);

      if (key) inFlight.add(key.scope);
      try {
        await webhooks.beforeAnswer(told);
        await send(res, outcome.answer, outcome.delivery);
      } finally {
        if (key) inFlight.delete(key.scope);
        webhooks.deliver(told);
      }
    };
}

function readKey(req: Request): UsedKey | null {
  const value = req.get("idempotency-key");
  if (value === undefined) return null;
  return {
    value,
    scope: fingerprintOf([apiKeyOf(req), value]),
    fingerprint: fingerprintOf([req.method, req.baseUrl + req.path, req.body ?? {}]),
  };
}

function earlierAnswer(books: Books, { scope, fingerprint }: UsedKey): Answer | null {
  const stored = books.storedAnswer(scope);
  if (stored === undefined) return null;
  if (stored.fingerprint !== fingerprint) return KEY_USED_OTHERWISE;
  const headers = { "Idempotent-Replayed": "true", "Original-Request": stored.request_id };
  return { status: stored.status, body: stored.body, headers };
}

function changeBy({ answer, change, remembered }: Outcome, key: UsedKey | null, requestId: string): Change {
  return key && remembered ? { ...change, answer: storedUnder(key, requestId, answer) } : change;
}

const BAD_KEY = invalidRequest(`Idempotency keys must have 1 to ${MAX_KEY_LENGTH} characters.`);
