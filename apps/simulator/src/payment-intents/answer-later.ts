import type { BankVerdict, FinalVerdict } from "../card.ts";
import type { ConfirmDue } from "../due.ts";
import { newId } from "../ids.ts";
import { SERVER_ERROR } from "../stripe-errors.ts";
import { CONFIRMABLE, type PaymentIntent } from "./payment-intent.ts";
import type { Charged, Confirmation } from "./run-card.ts";

type Ponders = Extract<BankVerdict, { kind: "ponders" }>;
type IsAskedLate = Extract<BankVerdict, { kind: "is_asked_late" }>;

/** The bank has the question, and time. */
export function ponder(bank: Ponders, confirmation: Confirmation): Charged {
  const { intent, token, now, slowMs } = confirmation;
  const pondered: PaymentIntent = { ...intent, payment_method: token, status: bank.status };
  const at = new Date(now.getTime() + 2 * slowMs).toISOString();
  const due = { ...later(bank.finally, confirmation), at, only_from: [bank.status] };
  return { answer: { status: 200, body: pondered }, intent: pondered, due };
}

/** As if the request waited in a queue that its client cannot see. There is nothing true to answer yet. */
export function askLate(bank: IsAskedLate, confirmation: Confirmation): Charged {
  const due = { ...later(bank.finally, confirmation), at: null, only_from: CONFIRMABLE, answers_key: true };
  return { answer: SERVER_ERROR, intent: confirmation.intent, due };
}

function later(bank: FinalVerdict, confirmation: Confirmation): Omit<ConfirmDue, "at" | "only_from"> {
  return {
    id: newId("due"),
    payment_intent: confirmation.intent.id,
    bank,
    token: confirmation.token,
    error_on_requires_action: confirmation.errorOnRequiresAction,
    key: confirmation.key,
    request_id: confirmation.requestId,
    answers_key: false,
  };
}
