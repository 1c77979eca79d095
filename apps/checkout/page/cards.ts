/** A card of the provider simulator, in the words of somebody who pays with it. */
export interface Card {
  /** The payment method token. */
  token: string;
  name: string;
  about: string;
}

export interface CardGroup {
  title: string;
  cards: readonly Card[];
}

const card = (token: string, name: string, about: string): Card => ({ token, name, about });

/** Those that show the most. */
export const FIRST_CARDS: readonly Card[] = [
  card("pm_card_visa", "Card works", "The usual way."),
  card("pm_sim_timeout_charged", "Money taken, no answer", "The provider takes the money and never says so."),
  card("pm_sim_500_charged", "Money taken, then error", "The provider takes the money and says that it failed."),
  card(
    "pm_card_chargeDeclinedInsufficientFunds",
    "Declined: no funds",
    "Nothing is charged. Choose another card then.",
  ),
  card("pm_sim_429_then_ok", "Provider is too busy", "It turns us away first, and works later."),
  card("pm_sim_slow", "Slow bank", "Charges at once and takes its time to say so."),
];

export const MORE_CARDS: readonly CardGroup[] = [
  {
    title: "Cards that work",
    cards: [
      card("pm_card_visa_debit", "Visa debit", "Works."),
      card("pm_card_mastercard", "Mastercard", "Works."),
      card("pm_card_mastercard_debit", "Mastercard debit", "Works."),
      card("pm_card_amex", "American Express", "Works."),
      card("pm_card_discover", "Discover", "Works."),
      card("pm_card_diners", "Diners Club", "Works."),
      card("pm_card_jcb", "JCB", "Works."),
      card("pm_card_unionpay", "UnionPay", "Works."),
    ],
  },
  {
    title: "Declined by the bank",
    cards: [
      card("pm_card_chargeDeclined", "Declined", "The bank gives no reason."),
      card("pm_card_chargeDeclinedExpiredCard", "Declined: expired", "The card is too old."),
      card("pm_card_chargeDeclinedIncorrectCvc", "Declined: wrong code", "The security code does not fit."),
      card("pm_card_chargeDeclinedProcessingError", "Declined: bank's error", "The bank could not process it."),
      card("pm_card_chargeDeclinedLostCard", "Declined: lost", "Reported lost. The page is not told so."),
      card("pm_card_chargeDeclinedStolenCard", "Declined: stolen", "Reported stolen. The page is not told so."),
      card(
        "pm_card_authenticationRequired",
        "Wants a confirmation",
        "The bank wants to ask the customer: declined here.",
      ),
      card("pm_sim_requires_action", "Insists on a confirmation", "The bank asks the customer, whatever we say."),
      card(
        "pm_sim_decline_then_approve",
        "Declined, then not",
        "A second try at the same charge would succeed. There is none.",
      ),
    ],
  },
  {
    title: "The money is taken, and the answer is lost",
    cards: [
      card("pm_sim_reset_after_charge", "Connection torn down", "The money is taken and the line goes dead."),
      card("pm_sim_drip", "Endless answer", "The money is taken; the answer comes a letter at a time."),
      card("pm_sim_malformed", "Half an answer", "The money is taken; the answer cannot be read."),
      card("pm_sim_truncated", "Answer cut off", "The money is taken; the answer breaks off."),
      card("pm_sim_html", "A web page for an answer", "The money is taken; something else answers."),
      card("pm_sim_huge", "Enormous answer", "The money is taken; the answer is megabytes long."),
      card(
        "pm_sim_500_forever_charged",
        "Money taken, errors for ever",
        "Every answer is an error, after the first charge.",
      ),
      card("pm_sim_create_timeout", "Silence at the start", "Before any money moves, the provider does not answer."),
    ],
  },
  {
    title: "No money is taken, and nobody knows",
    cards: [
      card("pm_sim_timeout_not_charged", "No answer, no money", "The provider does nothing and says nothing."),
      card("pm_sim_late_confirm", "Charged much later", "No answer; the provider may charge after we have left."),
      card("pm_sim_500_then_ok", "Error first", "An error, and no money; the next try works."),
      card("pm_sim_500_forever", "Errors for ever", "Every try is an error: it ends with a person."),
      card("pm_sim_create_500_stored", "Error at the start", "It cannot even be begun under the first key."),
    ],
  },
  {
    title: "The bank takes its time, or is odd",
    cards: [
      card("pm_sim_processing", "Bank thinks, says yes", "Still thinking for a few seconds."),
      card("pm_sim_processing_declined", "Bank thinks, says no", "Still thinking, then declined."),
      card("pm_sim_unknown_state", "Bank says something odd", "A state that nobody has heard of; then it works."),
      card(
        "pm_sim_wrong_amount",
        "Charges a cent too much",
        "Such a payment is never called paid: a person looks at it.",
      ),
      card("pm_sim_cancel_timeout", "Declined, closing is silent", "Declined; closing the charge gets no answer."),
      card("pm_sim_cancel_500", "Declined, closing fails", "Declined; closing the charge is an error at first."),
    ],
  },
  {
    title: "Works now; a refund goes wrong later",
    cards: [
      card("pm_sim_refund_slow", "Slow refund", "The answer takes its time."),
      card("pm_sim_refund_late", "Late refund", "No answer; refunded after we have left."),
      card("pm_sim_refund_pending", "Pending refund", "It takes the bank a while."),
      card("pm_sim_refund_pending_failed", "Pending refund fails", "It takes a while, and fails."),
      card("pm_sim_refund_late_failure", "Refund comes back", "It succeeds, and the bank sends it back."),
      card("pm_sim_refund_429", "Refund: too busy", "Turned away first."),
      card("pm_sim_refund_timeout_executed", "Refunded, no answer", "The money goes back and nobody says so."),
      card("pm_sim_refund_timeout_not_executed", "Refund: no answer", "Nothing happens and nobody says so."),
      card("pm_sim_refund_reset_executed", "Refunded, line dead", "The money goes back and the line goes dead."),
      card("pm_sim_refund_500_executed", "Refunded, error", "The money goes back and the answer is an error."),
      card("pm_sim_refund_500_stored", "Refund: error", "An error under the first key; another one works."),
    ],
  },
];
