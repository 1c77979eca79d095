import type { BrowserPayment, TimelineEvent } from "@payonce/client";

export type Tone = "calm" | "busy" | "good" | "bad" | "warn";

export interface Words {
  title: string;
  text: string;
  tone: Tone;
}

const words = (tone: Tone, title: string, text: string): Words => ({ tone, title, text });

/** Codes of banks and of the way to them, in the middle of a sentence. */
const REASONS: Readonly<Record<string, string>> = {
  insufficient_funds: "there is not enough money on the card",
  expired_card: "the card has expired",
  incorrect_cvc: "the security code is wrong",
  processing_error: "the bank could not process it",
  authentication_required: "the bank wants to ask the customer first",
  timeout: "no answer came in time",
};

const reasonOf = (code: string | null) => (code && REASONS[code]) ?? "";
const because = (code: string | null) => (reasonOf(code) ? `: ${reasonOf(code)}` : "");

/** What an entry of the timeline means to the customer. */
export function describeEvent({ type, failure_code: code }: TimelineEvent): Words {
  switch (type) {
    case "payment.queued":
      return words("calm", "Accepted", "Payonce has written your payment down. From here on it cannot get lost.");
    case "payment.processing":
      return words("busy", "With the provider", "The provider is asked, about this one charge.");
    case "payment.retrying":
      return words("warn", "Not yet", "It did not work, and no money moved. It is tried again in a moment.");
    case "payment.unknown":
      return words(
        "warn",
        "No clear answer",
        "Your money may have been taken. Nothing is charged again until the provider has said what happened.",
      );
    case "payment.dead_lettered":
      return words(
        "warn",
        "A person looks at it",
        "It could not be settled by itself. Nothing more is charged meanwhile.",
      );
    case "payment.succeeded":
      return words("good", "Paid", "The provider has charged the card, once.");
    case "payment.declined":
      return words("bad", "Declined", `Nothing was charged${because(code)}.`);
    case "payment.canceled":
      return words("calm", "Canceled", "Nothing was charged.");
    case "payment.cancel_requested":
      return words("busy", "Being canceled", "The charge is closed at the provider first.");
    case "payment.cancel_refused":
      return words("warn", "Not canceled", "It was too late for that.");
    default:
      return words("calm", "Refund", `${type.replace("refund.", "").replace("_", " ")}.`);
  }
}

/** The payment as a whole, for the line that is read out. */
export function describePayment({ status, failure_code: code }: BrowserPayment): Words {
  switch (status) {
    case "queued":
      return words("busy", "On its way", "Your payment is accepted, and is charged in a moment.");
    case "charging":
      return words("busy", "Paying…", "The provider is being asked.");
    case "retry_wait":
      return words("busy", "Trying again", "No money has moved yet. It goes on by itself.");
    case "unknown":
      return words("warn", "Finding out", "The money may have been taken. We ask before anything else is done.");
    case "dead_lettered":
      return words("warn", "Still undecided", "A person looks at it. You will not be charged twice.");
    case "succeeded":
      return words("good", "Paid, once", "Thank you! The cup is yours.");
    case "declined":
      return words("bad", "Declined", `Nothing was charged${because(code)}. Choose another card and pay again.`);
    case "canceled":
      return words("calm", "Canceled", "Nothing was charged.");
  }
}

export const READY = words("calm", "Ready", "Choose a card and click Pay. Click as often as you like.");
export const SENDING = words("busy", "Sending…", "Waiting for Payonce to accept your payment.");
export const UNANSWERED = words(
  "warn",
  "No answer yet",
  "You clicked Pay and no answer came. Click again: it stays the same payment.",
);
export const ELSEWHERE = words(
  "warn",
  "In another window",
  "This order is being paid for, or has been, somewhere else.",
);
export const OFFLINE = words("warn", "You are offline", "Nothing is lost. It goes on as soon as you are back.");
