import type { Charge } from "../ledger.ts";
import { type PaymentIntent, unixSeconds } from "../payment-intents/payment-intent.ts";
import type { FailedCharge } from "./failed-charge.ts";

/** What Stripe's list of charges holds: money that moved, and tries that were declined. */
export type AnyCharge = Charge | FailedCharge;

/** Unix seconds. */
export function createdOf(charge: AnyCharge): number {
  return unixSeconds(new Date("captured_at" in charge ? charge.captured_at : charge.failed_at));
}

/** The charge in Stripe's wire form. Amounts are in the currency's minor unit. */
export function stripeCharge(charge: AnyCharge, intent: PaymentIntent | undefined, refunded: number) {
  const wasCaptured = "captured_at" in charge;
  return {
    id: charge.id,
    object: "charge" as const,
    amount: charge.amount,
    amount_captured: wasCaptured ? charge.amount : 0,
    amount_refunded: refunded,
    captured: wasCaptured,
    created: createdOf(charge),
    currency: charge.currency,
    description: intent?.description ?? null,
    disputed: false,
    failure_code: wasCaptured ? null : charge.failure_code,
    failure_message: wasCaptured ? null : charge.failure_message,
    livemode: false,
    metadata: intent?.metadata ?? {},
    paid: wasCaptured,
    payment_intent: charge.payment_intent,
    payment_method: wasCaptured ? (intent?.payment_method ?? null) : charge.payment_method,
    refunded: wasCaptured && refunded === charge.amount,
    status: wasCaptured ? "succeeded" : "failed",
  };
}
