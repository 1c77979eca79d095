import type { BankVerdict, Card, FinalVerdict } from "./card.ts";
import type { Fault } from "./fault.ts";
import { REFUND_FAULTS, type RefundFaultName } from "./refunds/refund-faults.ts";

const APPROVES: FinalVerdict = { kind: "approves" };

const DECLINES: FinalVerdict = {
  kind: "declines",
  code: "card_declined",
  declineCode: "generic_decline",
  message: "Your card was declined.",
};

/** What a call does that goes wrong in nothing but what is said. */
function fault(wrong: Partial<Fault>): Fault {
  return { on: "first", executes: true, reply: "truth", remembered: true, delivery: "at_once", ...wrong };
}

const approving = (about: string): Card => ({ about, bank: APPROVES });

/** An approving card whose confirms go wrong: the first, unless said otherwise. Later ones are those of pm_card_visa. */
function confirmFault(about: string, wrong: Partial<Fault>): Card {
  return { about, bank: APPROVES, faults: { confirm: fault(wrong) } };
}

/** An approving card whose bank has another verdict on the first confirm. */
function atFirst(about: string, bankAtFirst: BankVerdict): Card {
  return { about, bank: APPROVES, bankAtFirst };
}

/** Stripe offers each of its declining cards under two names. */
function declining(suffix: string, code: string, declineCode: string, message: string): Record<string, Card> {
  const about = `declined: ${declineCode}`;
  const card: Card = { about, bank: { kind: "declines", code, declineCode, message } };
  return { [`pm_card_chargeDeclined${suffix}`]: card, [`pm_card_visa_chargeDeclined${suffix}`]: card };
}

/** Stripe's own test cards. */
const STRIPE_CARDS: Readonly<Record<string, Card>> = {
  pm_card_visa: approving("charges"),
  pm_card_visa_debit: approving("charges"),
  pm_card_mastercard: approving("charges"),
  pm_card_mastercard_debit: approving("charges"),
  pm_card_amex: approving("charges"),
  pm_card_discover: approving("charges"),
  pm_card_diners: approving("charges"),
  pm_card_jcb: approving("charges"),
  pm_card_unionpay: approving("charges"),

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
  pm_card_authenticationRequired: {
    about: "requires_action; declined where error_on_requires_action is set",
    bank: { kind: "wants_authentication" },
  },
};

/** The answer to confirm is lost, late, or says something else than what happened. */
const CONFIRM_FAULTS: Readonly<Record<string, Card>> = {
  pm_sim_timeout_charged: confirmFault("charges, never answers", { delivery: "never" }),
  pm_sim_timeout_not_charged: confirmFault("never answers, charges nothing", {
    executes: false,
    remembered: false,
    delivery: "never",
  }),
  pm_sim_slow: confirmFault("every confirm charges at once and answers after SIMULATOR_SLOW_MS", {
    on: "every",
    delivery: "slowly",
  }),
  pm_sim_late_confirm: {
    about: "never answers; charges 1.5 x SIMULATOR_SLOW_MS after the client has left, if it still can",
    bank: APPROVES,
    bankAtFirst: { kind: "is_asked_late", finally: APPROVES },
    faults: { confirm: fault({ remembered: false, delivery: "never" }) },
  },
  pm_sim_reset_after_charge: confirmFault("charges, tears the connection down", { delivery: "reset" }),
  pm_sim_drip: confirmFault("charges, then answers one byte every 200 ms without end", { delivery: "drip" }),
  pm_sim_malformed: confirmFault("charges, answers 200 with half of the JSON", { delivery: "malformed" }),
  pm_sim_truncated: confirmFault("charges, closes in the middle of the answer", { delivery: "truncated" }),
  pm_sim_html: confirmFault("charges, answers 200 with an HTML page", { delivery: "html" }),
  pm_sim_huge: confirmFault("charges, answers 200 with megabytes of valid JSON", { delivery: "huge" }),

  pm_sim_500_charged: confirmFault("charges, answers 500 and replays it", { reply: "server_error" }),
  pm_sim_500_then_ok: confirmFault("answers 500 and replays it, charges nothing; another key charges", {
    executes: false,
    reply: "server_error",
  }),
  pm_sim_500_forever: confirmFault("every confirm answers 500 and charges nothing", {
    on: "every",
    executes: false,
    reply: "server_error",
  }),
  pm_sim_500_forever_charged: confirmFault("the first confirm charges, every one answers 500", {
    on: "every",
    reply: "server_error",
  }),
  pm_sim_429_then_ok: confirmFault("answers 429, charges nothing; the same key charges later", {
    executes: false,
    reply: "rate_limited",
    remembered: false,
  }),
};

/** The first confirm ends in another state than a card usually does. */
const BANK_FAULTS: Readonly<Record<string, Card>> = {
  pm_sim_wrong_amount: atFirst("charges 1 minor unit too much, and says so", { kind: "approves", extraMinor: 1 }),
  pm_sim_processing: atFirst("processing, then succeeded after 2 x SIMULATOR_SLOW_MS", {
    kind: "ponders",
    status: "processing",
    finally: APPROVES,
  }),
  pm_sim_processing_declined: atFirst("processing, then declined after 2 x SIMULATOR_SLOW_MS", {
    kind: "ponders",
    status: "processing",
    finally: DECLINES,
  }),
  pm_sim_unknown_state: atFirst("a status no client has heard of, then succeeded after 2 x SIMULATOR_SLOW_MS", {
    kind: "ponders",
    status: "awaiting_network_verdict",
    finally: APPROVES,
  }),
  pm_sim_requires_action: {
    about: "always requires_action, even with error_on_requires_action",
    bank: { kind: "wants_authentication", insists: true },
  },
  pm_sim_decline_then_approve: atFirst("declined; a second confirm would charge", DECLINES),
};

/** What comes before or after the confirm goes wrong. */
const CREATE_AND_CANCEL_FAULTS: Readonly<Record<string, Card>> = {
  pm_sim_create_500_stored: {
    about: "the first create answers 500 and replays it under its key for ever; another key creates",
    bank: APPROVES,
    faults: { create: fault({ executes: false, reply: "server_error" }) },
  },
  pm_sim_create_timeout: {
    about: "the first create creates but never answers; the same key replays",
    bank: APPROVES,
    faults: { create: fault({ delivery: "never" }) },
  },
  pm_sim_cancel_timeout: {
    about: "declined; the first cancel cancels but never answers",
    bank: DECLINES,
    faults: { cancel: fault({ delivery: "never" }) },
  },
  pm_sim_cancel_500: {
    about: "declined; the first cancel answers 500, replays it, and cancels nothing",
    bank: DECLINES,
    faults: { cancel: fault({ executes: false, reply: "server_error" }) },
  },
};

/** Approving cards whose refunds go wrong: the first one, or each, as the fault says. */
const REFUND_CARDS: Readonly<Record<string, Card>> = Object.fromEntries(
  Object.entries(REFUND_FAULTS).map(([name, { about }]): [string, Card] => [
    `pm_sim_refund_${name}`,
    { about: `charges; its refund: ${about}`, bank: APPROVES, refundFault: name as RefundFaultName },
  ]),
);

/** Every payment method there is. The pm_card_ names are Stripe's own; the pm_sim_ ones are faults. */
const CARDS: Readonly<Record<string, Card>> = {
  ...STRIPE_CARDS,
  ...CONFIRM_FAULTS,
  ...BANK_FAULTS,
  ...CREATE_AND_CANCEL_FAULTS,
  ...REFUND_CARDS,
};

/** The card behind a payment-method token, or undefined where there is none of that name. */
export function findCard(token: string): Card | undefined {
  return Object.hasOwn(CARDS, token) ? CARDS[token] : undefined;
}

/** What each token does, in a line. */
export function describeTokens(): Record<string, string> {
  return Object.fromEntries(Object.entries(CARDS).map(([token, { about }]) => [token, about]));
}
