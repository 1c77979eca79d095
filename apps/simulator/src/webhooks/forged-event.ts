import { newId } from "../ids.ts";
import { unixSeconds } from "../payment-intents/payment-intent.ts";
import { asToldBy } from "./as-told-by.ts";
import { type WebhookEvent, wireForm } from "./webhook-event.ts";

/** A claim that the PaymentIntent of this event has succeeded, by somebody who would like that. */
export function forgedEvent({ data }: WebhookEvent, now: Date): WebhookEvent {
  const type = "payment_intent.succeeded";
  const stored = { id: newId("evt"), type, created: unixSeconds(now), request: { id: null, idempotency_key: null } };
  return wireForm(stored, asToldBy(type, data.object));
}
