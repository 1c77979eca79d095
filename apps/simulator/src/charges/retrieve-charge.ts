import { z } from "zod";
import type { Books } from "../books.ts";
import type { Answer } from "../outcome.ts";
import { expandParam, readParams } from "../params.ts";
import { noSuchCharge } from "../stripe-errors.ts";
import { type AnyCharge, stripeCharge } from "./stripe-charge.ts";

type ShownFrom = Pick<Books, "allCharges" | "intent" | "refunds">;

const retrieveParams = z.strictObject({ expand: expandParam.optional() });

/** GET /v1/charges/:id */
export function retrieveCharge(books: ShownFrom, id: string, query: unknown): Answer {
  const params = readParams(retrieveParams, query);
  if (!params.ok) return params.answer;
  const charge = books.allCharges.get(id);
  if (charge === undefined) return noSuchCharge(id);
  return { status: 200, body: showCharge(books, charge) };
}

/** The charge as it is now. */
export function showCharge({ intent, refunds }: Pick<Books, "intent" | "refunds">, charge: AnyCharge) {
  const { payment_intent } = charge;
  const refunded = "captured_at" in charge ? refunds.refundedMinor(payment_intent) : 0;
  return stripeCharge(charge, intent(payment_intent)?.intent, refunded);
}
