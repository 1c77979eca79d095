import type { ProviderOperation } from "@payonce/domain";
import { ProviderCallError } from "./http-client.ts";

/** What the SDK puts on the errors it throws. */
export interface StripeFailure {
  statusCode?: number | undefined;
  /** Stripe's own error type, such as `card_error`. */
  rawType?: string | undefined;
  code?: string | undefined;
  decline_code?: string | undefined;
  /** What the transport threw, where the call got no answer. */
  detail?: unknown;
}

export type Classification = { kind: "declined" | "not_executed" | "unknown"; code: string };

/**
 * What a failed Stripe call means for the money. The one question: could this call have charged? Only what provably did
 * not run is `not_executed`, only a refusal that names its reason is `declined`, and everything else, known or not yet
 * invented, is `unknown`.
 *
 * https://docs.stripe.com/error-handling, https://docs.stripe.com/error-low-level
 */
export function classify(operation: ProviderOperation, failure: StripeFailure): Classification {
  const { statusCode, rawType, code, decline_code: declineCode, detail } = failure;

  // No answer. Before the first byte left nothing can have run; after it, a timeout or a reset says nothing.
  if (detail instanceof ProviderCallError)
    return { kind: detail.wasSent ? "unknown" : "not_executed", code: `provider_${detail.reason}` };

  // Turned away unread: too many requests, or a key that Stripe does not know or that may not do this.
  if (statusCode === 429) return { kind: "not_executed", code: "provider_rate_limited" };
  if (statusCode === 401 || statusCode === 403) return { kind: "not_executed", code: "provider_refused_our_key" };

  // The same key with other parameters, or still running: an earlier call exists, and its outcome is not in this answer.
  if (rawType === "idempotency_error" || statusCode === 409)
    return { kind: "unknown", code: "provider_idempotency_conflict" };

  // The issuer said no. What it says of a lookup or a cancel would make no sense, so there it decides nothing.
  if (statusCode === 402 && rawType === "card_error" && (operation === "create" || operation === "confirm"))
    return { kind: "declined", code: declineCode ?? code ?? "card_declined" };

  // The object is not in the state we thought: somebody else has confirmed or canceled it. It will say which.
  if (code === "payment_intent_unexpected_state") return { kind: "unknown", code: "provider_unexpected_state" };

  // Stripe checks parameters before it does anything.
  if ((statusCode === 400 || statusCode === 404) && rawType === "invalid_request_error")
    return { kind: "declined", code: "provider_rejected" };

  return { kind: "unknown", code: statusCode && statusCode >= 500 ? "provider_error" : "provider_unreadable" };
}
