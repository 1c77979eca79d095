import type { stripeCharge } from "../charges/stripe-charge.ts";
import type { PaymentIntent } from "../payment-intents/payment-intent.ts";
import type { Refund } from "../refunds/refund.ts";

/** What an answer in Stripe's wire form names as the version it speaks. */
const API_VERSION = "2026-10-28.endive";

/** The request that made something happen; of nulls where it happened by itself, as at Stripe. */
export type Cause = { readonly id: string | null; readonly idempotency_key: string | null };

/** What the journal keeps of an event: the PaymentIntent is in the same change. */
export type StoredEvent = {
  readonly id: string;
  readonly type: string;
  /** Unix seconds. */
  readonly created: number;
  readonly request: Cause;
};

/** Stripe's event as it goes over the wire. */
export type WebhookEvent = StoredEvent & {
  readonly object: "event";
  readonly api_version: string;
  readonly data: { readonly object: PaymentIntent | Refund | ReturnType<typeof stripeCharge> };
  readonly livemode: false;
  readonly pending_webhooks: 1;
};

export function wireForm(
  { id, type, created, request }: StoredEvent,
  object: WebhookEvent["data"]["object"],
): WebhookEvent {
  return {
    id,
    object: "event",
    api_version: API_VERSION,
    created,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request,
    type,
  };
}

/** The type of the event to tell that a PaymentIntent became `after`, or null where nobody is told. */
export function eventTypeOf(before: PaymentIntent | undefined, after: PaymentIntent): string | null {
  if (before?.status === after.status && before.latest_charge === after.latest_charge) return null;
  switch (after.status) {
    case "succeeded":
    case "canceled":
    case "processing":
      return `payment_intent.${after.status}`;
    case "requires_payment_method":
      return after.last_payment_error === null ? null : "payment_intent.payment_failed";
    default:
      return null;
  }
}
