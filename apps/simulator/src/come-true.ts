import type { Books, Change } from "./books.ts";
import type { ConfirmDue, Due } from "./due.ts";
import { runCard } from "./payment-intents/run-card.ts";
import { endRefund, runLateRefund } from "./refunds/come-true-refund.ts";
import { storedUnder } from "./stored-answer.ts";

/** A due that has its time. */
export type TimedDue = Due & { readonly at: string };

/** What comes at its time makes of things as they are now. */
export function comeTrue(books: Books, due: TimedDue): Change {
  const done: Change = { due_done: due.id };
  switch (due.kind) {
    case "refund_status":
      return { ...endRefund(books, due), ...done };
    case "late_refund":
      return { ...runLateRefund(books, due), ...done };
    default:
      return { ...confirmLate(books, due), ...done };
  }
}

function confirmLate(books: Books, due: ConfirmDue & { readonly at: string }): Change {
  const record = books.intent(due.payment_intent);
  const keyIsUsed = due.answers_key && due.key && books.storedAnswer(due.key.scope) !== undefined;
  if (record === undefined || keyIsUsed || !due.only_from.includes(record.intent.status)) return {};

  const { answer, intent, ...moved } = runCard(due.bank, {
    intent: record.intent,
    token: due.token,
    errorOnRequiresAction: due.error_on_requires_action,
    key: due.key,
    requestId: due.request_id,
    now: new Date(due.at),
    slowMs: 0,
  });
  return {
    ...moved,
    intent: { ...record, intent },
    ...(due.answers_key && due.key && { answer: storedUnder(due.key, due.request_id, answer) }),
  };
}
