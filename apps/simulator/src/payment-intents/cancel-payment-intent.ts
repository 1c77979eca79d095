import { z } from "zod";
import type { Books } from "../books.ts";
import { faultOf, underFault } from "../fault.ts";
import { executed, type OperationRequest, type Outcome, refused } from "../outcome.ts";
import { expandParam, readParams } from "../params.ts";
import { noSuchPaymentIntent, unexpectedState } from "../stripe-errors.ts";
import { findCard } from "../tokens.ts";
import { type PaymentIntent, tokenOf, unixSeconds } from "./payment-intent.ts";

const cancelParams = z.strictObject({
  cancellation_reason: z.enum(["duplicate", "fraudulent", "requested_by_customer", "abandoned"]).optional(),
  expand: expandParam.optional(),
});

/** POST /v1/payment_intents/:id/cancel: after it no confirm can move money any more. */
export function cancelPaymentIntent(books: Pick<Books, "intent">, request: OperationRequest): Outcome {
  const record = books.intent(request.id);
  if (record === undefined) return refused(noSuchPaymentIntent(request.id));
  const params = readParams(cancelParams, request.params);
  if (!params.ok) return refused(params.answer);

  const { status } = record.intent;
  if (status === "canceled" || status === "succeeded") {
    const message =
      `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the ` +
      "following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, " +
      "requires_action, processing.";
    return executed(unexpectedState(record.intent, message));
  }
  const intent: PaymentIntent = {
    ...record.intent,
    canceled_at: unixSeconds(request.now),
    cancellation_reason: params.value.cancellation_reason ?? null,
    next_action: null,
    status: "canceled",
  };
  const { cancels = 0 } = record;
  const spent = { ...record, cancels: cancels + 1 };
  const fault = faultOf(findCard(tokenOf(record.intent) ?? "")?.faults?.cancel, cancels);
  return underFault(fault, () => executed({ status: 200, body: intent }, { intent: { ...spent, intent } }), {
    intent: spent,
  });
}
