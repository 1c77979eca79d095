import { z } from "zod";
import type { Books } from "../books.ts";
import type { Answer } from "../outcome.ts";
import { expandParam, readParams } from "../params.ts";
import { noSuchCharge } from "../stripe-errors.ts";
import { stripeCharge } from "./stripe-charge.ts";

const retrieveParams = z.strictObject({ expand: expandParam.optional() });

/** GET /v1/charges/:id */
export function retrieveCharge(books: Pick<Books, "allCharges" | "intent">, id: string, query: unknown): Answer {
  const params = readParams(retrieveParams, query);
  if (!params.ok) return params.answer;
  const charge = books.allCharges.get(id);
  if (charge === undefined) return noSuchCharge(id);
  return { status: 200, body: stripeCharge(charge, books.intent(charge.payment_intent)?.intent) };
}
