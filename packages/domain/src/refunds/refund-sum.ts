/** What a payment's refunds come to. */
export const REFUND_SUMS = ["none", "pending", "partial", "full"] as const;
export type RefundSum = (typeof REFUND_SUMS)[number];

/**
 * @param refundedMinor of refunds that have succeeded
 * @param reservedMinor of all that have not failed
 */
export function refundSumOf(payment: { amountMinor: number; refundedMinor: number; reservedMinor: number }): RefundSum {
  const { amountMinor, refundedMinor, reservedMinor } = payment;
  if (reservedMinor > refundedMinor) return "pending";
  if (refundedMinor === 0) return "none";
  return refundedMinor === amountMinor ? "full" : "partial";
}
