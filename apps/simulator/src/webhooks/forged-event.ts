import { newId } from "../ids.ts";
import { unixSeconds } from "../payment-intents/payment-intent.ts";
import { asToldBy } from "./as-told-by.ts";
import { type WebhookEvent, wireForm } from "./webhook-event.ts";

/** A claim that the PaymentIntent of this event has succeeded, or its refund failed, by somebody who would like that. */
export function forgedEvent(event: WebhookEvent, now: Date): WebhookEvent {
  const { object } = event.data;
  const type = object.object === "payment_intent" ? "payment_intent.succeeded" : "refund.failed";
  const stored = { id: newId("evt"), type, created: unixSeconds(now), request: { id: null, idempotency_key: null } };
  if (object.object === "payment_intent") return wireForm(stored, asToldBy(type, object));
  return wireForm(stored, object.object === "refund" ? { ...object, status: "failed" } : object);
}
