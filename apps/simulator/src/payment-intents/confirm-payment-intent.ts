import { z } from "zod";
import type { Books } from "../books.ts";
import { faultOf, underFault } from "../fault.ts";
import { executed, type OperationRequest, type Outcome, refused } from "../outcome.ts";
import { booleanParam, expandParam, readParams, textParam } from "../params.ts";
import { noSuchPaymentIntent, noSuchPaymentMethod, unexpectedState } from "../stripe-errors.ts";
import { findCard } from "../tokens.ts";
import { CONFIRMABLE, type PaymentIntent, tokenOf } from "./payment-intent.ts";
import { runCard } from "./run-card.ts";

const confirmParams = z.strictObject({
  payment_method: textParam.optional(),
  error_on_requires_action: booleanParam.optional(),
  expand: expandParam.optional(),
});

/**
 * POST /v1/payment_intents/:id/confirm: the one step that moves money, once per PaymentIntent.
 *
 * As at Stripe a declined PaymentIntent can be confirmed again until it is canceled. Stripe then wants a payment method
 * named; here the one that was declined is tried again where none is, so that a careless second confirm does harm.
 */
export function confirmPaymentIntent(books: Pick<Books, "intent">, request: OperationRequest): Outcome {
  const record = books.intent(request.id);
  if (record === undefined) return refused(noSuchPaymentIntent(request.id));
  const params = readParams(confirmParams, request.params);
  if (!params.ok) return refused(params.answer);
  const { intent, confirms } = record;

  const token = params.value.payment_method ?? tokenOf(intent);
  const card = token === undefined ? undefined : findCard(token);
  if (token !== undefined && card === undefined) return refused(noSuchPaymentMethod(token));
  const fault = faultOf(card?.faults?.confirm, confirms);
  if (!CONFIRMABLE.includes(intent.status)) {
    const refusal = () => executed(unexpectedState(intent, refusalMessage(intent)));
    return fault?.on === "every" ? underFault(fault, refusal) : refusal();
  }
  if (token === undefined || card === undefined) return executed(unexpectedState(intent, MISSING_PAYMENT_METHOD));

  const bank = (confirms === 0 ? card.bankAtFirst : undefined) ?? card.bank;
  const spent = { ...record, confirms: confirms + 1 };
  const askBank = () => {
    const {
      answer,
      intent: after,
      ...moved
    } = runCard(bank, {
      ...request,
      intent,
      token,
      errorOnRequiresAction: params.value.error_on_requires_action ?? false,
    });
    return executed(answer, { ...moved, intent: { ...spent, intent: after } });
  };
  return underFault(fault, askBank, { intent: spent });
}

const MISSING_PAYMENT_METHOD =
  "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
  "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method.";

function refusalMessage({ status }: PaymentIntent): string {
  return status === "succeeded"
    ? "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
    : `You cannot confirm this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of ` +
        `the following statuses may be confirmed: ${CONFIRMABLE.join(", ")}.`;
}
