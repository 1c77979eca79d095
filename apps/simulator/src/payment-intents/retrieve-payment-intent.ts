import { z } from "zod";
import type { Books } from "../books.ts";
import type { Answer } from "../outcome.ts";
import { expandParam, readParams, textParam } from "../params.ts";
import { noSuchPaymentIntent } from "../stripe-errors.ts";

const retrieveParams = z.strictObject({ client_secret: textParam.optional(), expand: expandParam.optional() });

/** GET /v1/payment_intents/:id: what really happened, whatever an earlier answer said. */
export function retrievePaymentIntent(books: Pick<Books, "intent">, id: string, query: unknown): Answer {
  const params = readParams(retrieveParams, query);
  if (!params.ok) return params.answer;
  const record = books.intent(id);
  return record === undefined ? noSuchPaymentIntent(id) : { status: 200, body: record.intent };
}
