import type { PaymentIntent } from "../payment-intents/payment-intent.ts";

/** The PaymentIntent as an event of this type would show it, whatever has become of it since. */
export function asToldBy(type: string, intent: PaymentIntent): PaymentIntent {
  switch (type) {
    case "payment_intent.succeeded":
      return { ...intent, status: "succeeded", amount_received: intent.amount };
    case "payment_intent.canceled":
      return { ...intent, status: "canceled", amount_received: 0 };
    case "payment_intent.processing":
      return { ...intent, status: "processing", amount_received: 0 };
    case "payment_intent.payment_failed":
      return { ...intent, status: "requires_payment_method", amount_received: 0 };
    default:
      return intent;
  }
}
