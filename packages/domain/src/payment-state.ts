/** What a payment can be. Where each may go is in `TRANSITIONS`; what is done next about it is in `next-step.ts`. */
export const PAYMENT_STATES = [
  "queued",
  "charging",
  "retry_wait",
  "unknown",
  "dead_lettered",
  "succeeded",
  "declined",
  "canceled",
] as const;

export type PaymentState = (typeof PAYMENT_STATES)[number];

/**
 * Every transition there is. A payment's timeline is a path through this table.
 *
 * `charging → charging` is a lease that ran out and was claimed by another charger.
 * `queued`, `retry_wait`, `unknown → dead_lettered` is the sweep giving up on a payment that makes no progress.
 */
export const TRANSITIONS: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  queued: ["charging", "canceled", "dead_lettered"],
  charging: ["charging", "succeeded", "declined", "retry_wait", "unknown", "dead_lettered"],
  retry_wait: ["charging", "canceled", "dead_lettered"],
  unknown: ["charging", "succeeded", "declined", "dead_lettered"],
  dead_lettered: ["queued", "unknown", "succeeded", "declined", "canceled"],
  succeeded: [],
  declined: [],
  canceled: [],
};

/** Final states are never left: evidence against one is an anomaly for a person, not a transition. */
export function isFinal(state: PaymentState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** True when nothing more happens to the payment by itself: it is final, or waits for a person. */
export function isSettled(state: PaymentState): boolean {
  return isFinal(state) || state === "dead_lettered";
}

export function canTransition(from: PaymentState, to: PaymentState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The states in which money may have moved without our knowing. The database checks the same. */
export function mayCarryUnknownOutcome(state: PaymentState): boolean {
  return state === "charging" || state === "unknown" || state === "dead_lettered";
}
