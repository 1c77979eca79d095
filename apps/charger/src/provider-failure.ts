/** Codes of answers that say something about one payment, and nothing against the provider. */
const ABOUT_THE_PAYMENT = new Set([
  "provider_unexpected_state",
  "provider_object_locked",
  "provider_idempotency_conflict",
  "provider_account_differs",
  "provider_rejected",
  "provider_object_absent",
  "provider_object_taken",
  "provider_refund_may_be_under_way",
  "provider_refund_not_listed",
  "provider_too_late",
]);

/**
 * True when an attempt ended because the provider could not be reached or was out of order: what the breaker counts.
 *
 * @param code as settled: null for success, a decline's code, or one that starts with `provider_`
 */
export function isProviderFailure(code: string | null): boolean {
  return (
    code?.startsWith("provider_") === true &&
    !code.startsWith("provider_state_") &&
    !code.startsWith("provider_mismatch") &&
    !ABOUT_THE_PAYMENT.has(code)
  );
}
