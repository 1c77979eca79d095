import type { Random } from "../random.ts";

/** Every card of the simulator that charges, declines, or misbehaves in a way of its own. */
const FAULTY = [
  "pm_sim_timeout_charged",
  "pm_sim_timeout_not_charged",
  "pm_sim_slow",
  "pm_sim_late_confirm",
  "pm_sim_reset_after_charge",
  "pm_sim_drip",
  "pm_sim_malformed",
  "pm_sim_truncated",
  "pm_sim_html",
  "pm_sim_500_charged",
  "pm_sim_500_then_ok",
  "pm_sim_500_forever",
  "pm_sim_500_forever_charged",
  "pm_sim_429_then_ok",
  "pm_sim_wrong_amount",
  "pm_sim_processing",
  "pm_sim_processing_declined",
  "pm_sim_unknown_state",
  "pm_sim_requires_action",
  "pm_sim_decline_then_approve",
  "pm_sim_create_500_stored",
  "pm_sim_create_timeout",
  "pm_sim_cancel_timeout",
  "pm_sim_cancel_500",
];

const DECLINING = [
  "pm_card_chargeDeclined",
  "pm_card_chargeDeclinedInsufficientFunds",
  "pm_card_chargeDeclinedExpiredCard",
  "pm_card_authenticationRequired",
];

const REFUND_FAULTY = [
  "pm_sim_refund_timeout_executed",
  "pm_sim_refund_timeout_not_executed",
  "pm_sim_refund_reset_executed",
  "pm_sim_refund_slow",
  "pm_sim_refund_late",
  "pm_sim_refund_500_executed",
  "pm_sim_refund_500_stored",
  "pm_sim_refund_429",
  "pm_sim_refund_pending",
  "pm_sim_refund_pending_failed",
  "pm_sim_refund_late_failure",
];

/** Megabytes of answer each: now and then is enough. */
const HUGE = "pm_sim_huge";

/** Half of all customers have a card that just works, as far as that goes in a storm. */
export function drawCard(random: Random): string {
  const draw = random.next();
  if (draw < 0.4) return "pm_card_visa";
  if (draw < 0.5) return random.pick(DECLINING);
  if (draw < 0.52) return "pm_card_mastercard";
  if (draw < 0.525) return HUGE;
  return random.pick(FAULTY);
}

/** A card that will be charged, and whose refunds may go wrong. */
export function drawRefundCard(random: Random): string {
  return random.chance(0.4) ? "pm_card_visa" : random.pick(REFUND_FAULTY);
}
