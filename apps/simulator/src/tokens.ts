import type { Delivery } from "./outcome.ts";

/** What the card's bank says when it is asked for the money. */
export type BankVerdict =
  | { readonly kind: "approves" }
  | { readonly kind: "wants_authentication" }
  | {
      readonly kind: "declines";
      readonly code: string;
      readonly declineCode: string;
      readonly message: string;
    };

/** How a confirm misbehaves. Each field is one decision, so that a new fault is a new row below and no new code path. */
export type Fault = {
  readonly on: "first_confirm" | "every_confirm";
  /** Whether the bank is asked at all: with a bank that approves, whether money moves. */
  readonly asksBank: boolean;
  /** The answer made: what really happened, or an error that hides it. */
  readonly reply: "truth" | "server_error" | "rate_limited";
  /** Whether that answer is kept under the idempotency key and replayed. */
  readonly remembered: boolean;
  readonly delivery: Delivery;
};

export type Card = { readonly bank: BankVerdict; readonly fault?: Fault };

const APPROVES: BankVerdict = { kind: "approves" };

/** Stripe offers each of its declining cards under two names. */
function declining(suffix: string, code: string, declineCode: string, message: string): Record<string, Card> {
  const card: Card = { bank: { kind: "declines", code, declineCode, message } };
  return { [`pm_card_chargeDeclined${suffix}`]: card, [`pm_card_visa_chargeDeclined${suffix}`]: card };
}

/** An approving card whose first confirm goes wrong; later confirms of the same PaymentIntent are those of pm_card_visa. */
function failsOnce(fault: Omit<Fault, "on">): Card {
  return { bank: APPROVES, fault: { on: "first_confirm", ...fault } };
}

/** Every payment method there is. The pm_card_ names are Stripe's own; the pm_sim_ ones are faults. */
const CARDS: Readonly<Record<string, Card>> = {
  pm_card_visa: { bank: APPROVES },
  pm_card_visa_debit: { bank: APPROVES },
  pm_card_mastercard: { bank: APPROVES },
  pm_card_mastercard_debit: { bank: APPROVES },
  pm_card_amex: { bank: APPROVES },
  pm_card_discover: { bank: APPROVES },
  pm_card_diners: { bank: APPROVES },
  pm_card_jcb: { bank: APPROVES },
  pm_card_unionpay: { bank: APPROVES },

  ...declining("", "card_declined", "generic_decline", "Your card was declined."),
  ...declining("InsufficientFunds", "card_declined", "insufficient_funds", "Your card has insufficient funds."),
  ...declining("LostCard", "card_declined", "lost_card", "Your card was declined."),
  ...declining("StolenCard", "card_declined", "stolen_card", "Your card was declined."),
  ...declining("ExpiredCard", "expired_card", "expired_card", "Your card has expired."),
  ...declining("IncorrectCvc", "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
  ...declining(
    "ProcessingError",
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
  ),
  pm_card_authenticationRequired: { bank: { kind: "wants_authentication" } },

  pm_sim_timeout_charged: failsOnce({ asksBank: true, reply: "truth", remembered: true, delivery: "never" }),
  pm_sim_timeout_not_charged: failsOnce({
    asksBank: false,
    reply: "server_error",
    remembered: false,
    delivery: "never",
  }),
  pm_sim_500_charged: failsOnce({ asksBank: true, reply: "server_error", remembered: true, delivery: "at_once" }),
  pm_sim_500_then_ok: failsOnce({ asksBank: false, reply: "server_error", remembered: true, delivery: "at_once" }),
  pm_sim_429_then_ok: failsOnce({ asksBank: false, reply: "rate_limited", remembered: false, delivery: "at_once" }),
  pm_sim_reset_after_charge: failsOnce({ asksBank: true, reply: "truth", remembered: true, delivery: "reset" }),
  pm_sim_slow: {
    bank: APPROVES,
    fault: { on: "every_confirm", asksBank: true, reply: "truth", remembered: true, delivery: "slowly" },
  },
};

/** The card behind a payment-method token, or undefined where there is none of that name. */
export function findCard(token: string): Card | undefined {
  return Object.hasOwn(CARDS, token) ? CARDS[token] : undefined;
}
