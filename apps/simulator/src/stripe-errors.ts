import type { Answer } from "./outcome.ts";
import type { PaymentIntent } from "./payment-intents/payment-intent.ts";

type StripeError = {
  readonly type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly charge?: string;
  readonly decline_code?: string;
  readonly payment_intent?: PaymentIntent;
  readonly payment_method?: { readonly id: string; readonly object: "payment_method"; readonly type: "card" };
};

/** An answer whose body is Stripe's error object. */
export function stripeError(status: number, error: StripeError): Answer {
  return { status, body: { error } };
}

export function invalidRequest(message: string, about: { code?: string; param?: string } = {}): Answer {
  return stripeError(400, { type: "invalid_request_error", ...about, message });
}

export function noSuchPaymentIntent(id: string): Answer {
  const message = `No such payment_intent: '${id}'`;
  return stripeError(404, { type: "invalid_request_error", code: "resource_missing", param: "intent", message });
}

export function noSuchCharge(id: string): Answer {
  const message = `No such charge: '${id}'`;
  return stripeError(404, { type: "invalid_request_error", code: "resource_missing", param: "id", message });
}

export function noSuchParam(param: "payment_intent" | "charge" | "refund", id: string): Answer {
  const message = `No such ${param}: '${id}'`;
  return stripeError(404, { type: "invalid_request_error", code: "resource_missing", param, message });
}

export function noChargeToRefund(paymentIntent: string): Answer {
  return invalidRequest(`This PaymentIntent (${paymentIntent}) does not have a successful charge to refund.`);
}

export function chargeAlreadyRefunded(charge: string): Answer {
  return invalidRequest(`Charge ${charge} has already been refunded.`, { code: "charge_already_refunded" });
}

/** As at Stripe it has no code: the parameter is all that tells it from other refusals. */
export function refundTooLarge({ amount, left, currency }: { amount: number; left: number; currency: string }): Answer {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  const money = (minor: number) => format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  const message = `Refund amount (${money(amount)}) is greater than unrefunded amount on charge (${money(left)})`;
  return invalidRequest(message, { param: "amount" });
}

export function noSuchPaymentMethod(id: string): Answer {
  return invalidRequest(`No such PaymentMethod: '${id}'`, { code: "resource_missing", param: "payment_method" });
}

/** The PaymentIntent's state does not allow what was asked. As at Stripe, the error holds the PaymentIntent itself. */
export function unexpectedState(intent: PaymentIntent, message: string): Answer {
  const code = "payment_intent_unexpected_state";
  return stripeError(400, { type: "invalid_request_error", code, message, payment_intent: intent });
}

export const MISSING_API_KEY = stripeError(401, {
  type: "invalid_request_error",
  message:
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth " +
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
});

export const INVALID_API_KEY = stripeError(401, {
  type: "invalid_request_error",
  message: "Invalid API Key provided. This simulator takes any key that starts with sk_test_.",
});

export const SERVER_ERROR = stripeError(500, {
  type: "api_error",
  message: "An error occurred with our connection to the bank. Please try again.",
});

export const UNAVAILABLE = stripeError(503, {
  type: "api_error",
  message: "The service is unavailable. Please try again later.",
});

export const RATE_LIMITED = stripeError(429, {
  type: "invalid_request_error",
  code: "rate_limit",
  message: "Request rate limit exceeded. Please try again later.",
});

export const KEY_IN_USE = stripeError(409, {
  type: "invalid_request_error",
  code: "idempotency_key_in_use",
  message:
    "There is currently another in-progress request using this Idempotent Key (that probably means you submitted " +
    "twice, and the other request is still going through). Please try again later.",
});

export const KEY_USED_OTHERWISE = stripeError(400, {
  type: "idempotency_error",
  message:
    "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a " +
    "different key if you meant to execute a different request.",
});
