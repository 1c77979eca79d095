import { z } from "zod";
import type { Books } from "../books.ts";
import { type Answer, executed, type OperationRequest, type Outcome, refused } from "../outcome.ts";
import { booleanParam, expandParam, readParams, textParam } from "../params.ts";
import {
  noSuchPaymentIntent,
  noSuchPaymentMethod,
  RATE_LIMITED,
  SERVER_ERROR,
  unexpectedState,
} from "../stripe-errors.ts";
import { type Card, type Fault, findCard } from "../tokens.ts";
import type { PaymentIntent } from "./payment-intent.ts";
import { runCard } from "./run-card.ts";

const confirmParams = z.strictObject({
  payment_method: textParam.optional(),
  error_on_requires_action: booleanParam.optional(),
  expand: expandParam.optional(),
});

const NO_FAULT: Fault = {
  on: "every_confirm",
  asksBank: true,
  reply: "truth",
  remembered: true,
  delivery: "at_once",
};

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

  const token = params.value.payment_method ?? intent.payment_method ?? intent.last_payment_error?.payment_method.id;
  const card = token === undefined ? undefined : findCard(token);
  if (token !== undefined && card === undefined) return refused(noSuchPaymentMethod(token));
  if (intent.status !== "requires_confirmation" && intent.status !== "requires_payment_method") {
    return executed(unexpectedState(intent, refusalMessage(intent)));
  }
  if (token === undefined || card === undefined) return executed(unexpectedState(intent, MISSING_PAYMENT_METHOD));

  const fault = faultOf(card, confirms);
  const { remembered, delivery } = fault;
  const spent = { intent, confirms: confirms + 1 };
  if (!fault.asksBank) {
    return { answer: replyOf(fault, SERVER_ERROR), change: { intent: spent }, remembered, delivery };
  }
  const { answer, charge, ...after } = runCard(card.bank, {
    intent,
    token,
    errorOnRequiresAction: params.value.error_on_requires_action ?? false,
    idempotencyKey: request.idempotencyKey,
    now: request.now,
  });
  const change = { intent: { ...spent, intent: after.intent }, ...(charge && { charge }) };
  return { answer: replyOf(fault, answer), change, remembered, delivery };
}

function faultOf(card: Card, confirms: number): Fault {
  if (card.fault === undefined) return NO_FAULT;
  return card.fault.on === "every_confirm" || confirms === 0 ? card.fault : NO_FAULT;
}

function replyOf(fault: Fault, truth: Answer): Answer {
  switch (fault.reply) {
    case "truth":
      return truth;
    case "server_error":
      return SERVER_ERROR;
    case "rate_limited":
      return RATE_LIMITED;
  }
}

const MISSING_PAYMENT_METHOD =
  "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
  "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method.";

function refusalMessage({ status }: PaymentIntent): string {
  return status === "succeeded"
    ? "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
    : `You cannot confirm this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of ` +
        "the following statuses may be confirmed: requires_confirmation, requires_payment_method.";
}
