import type { Books, Change } from "./books.ts";
import type { Due } from "./due.ts";
import { runCard } from "./payment-intents/run-card.ts";
import { storedUnder } from "./stored-answer.ts";

/** A due that has its time. */
export type TimedDue = Due & { readonly at: string };

/** What the bank's word, at its time, makes of things as they are now. */
export function comeTrue(books: Books, due: TimedDue): Change {
  const done: Change = { due_done: due.id };
  const record = books.intent(due.payment_intent);
  const keyIsUsed = due.answers_key && due.key && books.storedAnswer(due.key.scope) !== undefined;
  if (record === undefined || keyIsUsed || !due.only_from.includes(record.intent.status)) return done;

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
    ...done,
    ...moved,
    intent: { ...record, intent },
    ...(due.answers_key && due.key && { answer: storedUnder(due.key, due.request_id, answer) }),
  };
}
