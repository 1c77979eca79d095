import type { ProviderOperation } from "@payonce/domain";
import { ProviderCallError } from "./http-client.ts";

/** What the SDK puts on the errors it throws. What came over the wire may be of any type. */
export interface StripeFailure {
  statusCode?: number | undefined;
  /** Stripe's own error type, such as `card_error`. */
  rawType?: unknown;
  code?: unknown;
  decline_code?: unknown;
  /** What the transport threw, where the call got no answer. */
  detail?: unknown;
}

export type Classification = { kind: "declined" | "not_executed" | "unknown"; code: string };

/** Refusals of the moment, not of the request: another call is at the object, or has been. The object will say which. */
const SAYS_NOTHING: ReadonlyMap<unknown, string> = new Map([
  ["payment_intent_unexpected_state", "provider_unexpected_state"],
  ["intent_invalid_state", "provider_unexpected_state"],
  ["lock_timeout", "provider_object_locked"],
  ["rate_limit", "provider_rate_limited"],
  ["idempotency_key_in_use", "provider_idempotency_conflict"],
]);

/**
 * What a failed Stripe call means for the money. The one question: could this call have charged? Only what provably did
 * not run is `not_executed`, only a refusal that names its reason is `declined`, and everything else, known or not yet
 * invented, is `unknown`.
 *
 * https://docs.stripe.com/error-handling, https://docs.stripe.com/error-low-level
 */
export function classify(operation: ProviderOperation, failure: StripeFailure): Classification {
  const { statusCode, rawType, code, detail } = failure;

  // No answer. Before the first byte left nothing can have run; after it, a timeout or a reset says nothing.
  if (detail instanceof ProviderCallError)
    return { kind: detail.wasSent ? "unknown" : "not_executed", code: `provider_${detail.reason}` };

  // Turned away unread: too many requests (400 in Stripe's older form), or a key that Stripe does not know or that may
  // not do this.
  if (statusCode === 429 || (statusCode === 400 && code === "rate_limit"))
    return { kind: "not_executed", code: "provider_rate_limited" };
  if (statusCode === 401 || statusCode === 403) return { kind: "not_executed", code: "provider_refused_our_key" };

  // The same key with other parameters, or still running: an earlier call exists, and its outcome is not in this answer.
  if (rawType === "idempotency_error" || statusCode === 409)
    return { kind: "unknown", code: "provider_idempotency_conflict" };

  // The issuer said no. What it says of a lookup or a cancel would make no sense, so there it decides nothing.
  if (statusCode === 402 && rawType === "card_error" && (operation === "create" || operation === "confirm"))
    return { kind: "declined", code: declineCodeOf(failure) };

  const saysNothing = SAYS_NOTHING.get(code);
  if (saysNothing) return { kind: "unknown", code: saysNothing };

  // Stripe checks parameters before it does anything.
  if ((statusCode === 400 || statusCode === 404) && rawType === "invalid_request_error")
    return { kind: "declined", code: "provider_rejected" };

  return { kind: "unknown", code: unreadableCode(statusCode) };
}

/** Why the card was declined: the issuer's word before Stripe's. Always a short word that any table or log can hold. */
export function declineCodeOf(error: { code?: unknown; decline_code?: unknown }): string {
  // The SDK puts "" where an answer had no decline code.
  return [error.decline_code, error.code].find(isWord) ?? "card_declined";
}

/** For answers that say nothing we understand. */
export function unreadableCode(statusCode: number | undefined): string {
  return statusCode !== undefined && statusCode >= 500 ? "provider_error" : "provider_unreadable";
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && /^\w{1,100}$/.test(value);
}
