/** What a refund can be. Where each may go is in `REFUND_TRANSITIONS`; what is done next is in `next-refund-step.ts`. */
export const REFUND_STATES = [
  "queued",
  "refunding",
  "retry_wait",
  "unknown",
  "pending",
  "dead_lettered",
  "succeeded",
  "failed",
  "canceled",
] as const;

export type RefundState = (typeof REFUND_STATES)[number];

/**
 * Every transition there is. What the payment's timeline says of one refund is a path through this table.
 *
 * `refunding → refunding` is a lease that ran out and was claimed by another charger. `succeeded → failed` is no mistake: a
 * bank can send a refund back days later, because the card is closed for instance, and the money is with the merchant again.
 */
export const REFUND_TRANSITIONS: Readonly<Record<RefundState, readonly RefundState[]>> = {
  queued: ["refunding", "dead_lettered"],
  refunding: ["refunding", "pending", "succeeded", "failed", "canceled", "retry_wait", "unknown", "dead_lettered"],
  retry_wait: ["refunding", "dead_lettered"],
  unknown: ["refunding", "dead_lettered"],
  pending: ["succeeded", "failed", "canceled", "dead_lettered"],
  dead_lettered: ["queued", "unknown", "pending", "succeeded", "failed", "canceled"],
  succeeded: ["failed"],
  failed: [],
  canceled: [],
};

export function canRefundTransition(from: RefundState, to: RefundState): boolean {
  return REFUND_TRANSITIONS[from].includes(to);
}

/** True when nothing more happens to the refund by itself: only evidence, or a person, can move it. */
export function isRefundAtRest(state: RefundState): boolean {
  return state === "succeeded" || state === "failed" || state === "canceled" || state === "dead_lettered";
}

/**
 * True while the refund's amount is kept from every other refund of its payment: whatever may still move the money, or has,
 * counts. The database keeps the sum, and checks it against the refunds.
 */
export function reservesMoney(state: RefundState): boolean {
  return state !== "failed" && state !== "canceled";
}

/** The states in which the money may have moved without our knowing. The database checks the same. */
export function mayCarryUnknownRefund(state: RefundState): boolean {
  return state === "refunding" || state === "unknown" || state === "dead_lettered";
}
