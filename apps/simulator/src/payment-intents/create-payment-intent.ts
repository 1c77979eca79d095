import { z } from "zod";
import type { Books } from "../books.ts";
import { isCurrency } from "../currencies.ts";
import { faultOf, underFault } from "../fault.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { executed, type OperationRequest, type Outcome, refused } from "../outcome.ts";
import { booleanParam, expandParam, integerParam, metadataParam, readParams, textParam } from "../params.ts";
import { invalidRequest, noSuchPaymentMethod } from "../stripe-errors.ts";
import { findCard } from "../tokens.ts";
import { newPaymentIntent } from "./payment-intent.ts";

/** Stripe takes amounts of up to eight digits. */
const MAX_AMOUNT_MINOR = 99_999_999;

const createParams = z.strictObject({
  amount: integerParam({ min: 1, max: MAX_AMOUNT_MINOR, tooLargeCode: "amount_too_large" }),
  currency: textParam,
  payment_method: textParam.optional(),
  payment_method_types: z.array(textParam).min(1).optional(),
  // What newer API versions call it.
  allowed_payment_method_types: z.array(textParam).min(1).optional(),
  confirm: booleanParam.optional(),
  metadata: metadataParam.optional(),
  description: z.string().optional(),
  capture_method: z.enum(["automatic", "automatic_async"]).optional(),
  expand: expandParam.optional(),
});

/** POST /v1/payment_intents: an unconfirmed PaymentIntent. No money moves. */
export function createPaymentIntent(books: Pick<Books, "isCreateFaultSpent">, request: OperationRequest): Outcome {
  const params = readParams(createParams, request.params);
  if (!params.ok) return refused(params.answer);
  const { amount, currency, payment_method, confirm, metadata, description } = params.value;
  const types = params.value.allowed_payment_method_types ?? params.value.payment_method_types ?? ["card"];

  if (confirm) {
    const message =
      "This simulator creates and confirms in two steps: create the PaymentIntent without confirm=true, then " +
      "POST /v1/payment_intents/{id}/confirm.";
    return refused(invalidRequest(message, { param: "confirm" }));
  }
  if (!isCurrency(currency)) {
    return refused(invalidRequest("Invalid currency: use a three-letter ISO code such as usd.", { param: "currency" }));
  }
  const otherType = types.find((type) => type !== "card");
  if (otherType !== undefined) {
    const message = `The payment method type "${otherType}" is invalid. This simulator takes card.`;
    return refused(invalidRequest(message, { param: "payment_method_types" }));
  }
  const card = payment_method === undefined ? undefined : findCard(payment_method);
  if (payment_method !== undefined && card === undefined) return refused(noSuchPaymentMethod(payment_method));

  const intent = newPaymentIntent(
    {
      amount,
      currency: currency.toLowerCase(),
      description: description || null,
      metadata: metadata ?? {},
      payment_method: payment_method ?? null,
      payment_method_types: types,
    },
    request.now,
  );
  const create = () => executed({ status: 200, body: intent }, { intent: { intent, confirms: 0 } });
  if (card?.faults?.create === undefined) return create();
  // There is no PaymentIntent yet to count calls on: whoever asks for the same again makes the second call.
  const sameAgain = fingerprintOf([request.params]);
  const fault = faultOf(card.faults.create, books.isCreateFaultSpent(sameAgain) ? 1 : 0);
  return underFault(fault, create, { create_fault_spent: sameAgain });
}
