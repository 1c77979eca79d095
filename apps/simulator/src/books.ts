import { join } from "node:path";
import { openJournal } from "./journal.ts";
import { type Charge, createLedger } from "./ledger.ts";
import type { Mode } from "./mode.ts";
import type { IntentRecord, PaymentIntent } from "./payment-intents/payment-intent.ts";

/** An answer kept under an idempotency key, to be replayed to whoever sends the same request again. */
export type StoredAnswer = {
  /** Hash of API key and idempotency key: the journal holds no API key. */
  readonly scope: string;
  readonly fingerprint: string;
  readonly request_id: string;
  readonly status: number;
  readonly body: unknown;
};

/**
 * What becomes true together. One change is one journal line, so no crash can leave a charge without its PaymentIntent's
 * new state, or either without the answer stored under the idempotency key.
 */
export type Change = {
  readonly intent?: IntentRecord;
  readonly charge?: Charge;
  readonly answer?: StoredAnswer;
  readonly mode?: Mode;
  readonly keys_forgotten?: true;
};

/** Everything the provider remembers. It is rebuilt from the journal at start. */
export type Books = {
  intent(id: string): IntentRecord | undefined;
  /** Newest first, beginning after the PaymentIntent `afterId` where that is given. */
  intentsNewestFirst(afterId?: string): Iterable<PaymentIntent>;
  /** Captured charges, oldest first. */
  charges(): Charge[];
  storedAnswer(scope: string): StoredAnswer | undefined;
  mode(): Mode;
  /** Writes the change to the journal, then makes it true. Throws, with nothing changed, where it cannot. */
  commit(change: Change): void;
  close(): void;
};

/** Opens the books kept in `dataDir`; throws where the journal there cannot be opened or read. */
export function openBooks(dataDir: string): Books {
  const intents = new Map<string, IntentRecord>();
  const positions = new Map<string, number>();
  const idsOldestFirst: string[] = [];
  const ledger = createLedger();
  const answers = new Map<string, StoredAnswer>();
  let mode: Mode = { mode: "up" };

  function apply(change: Change): void {
    if (change.charge) ledger.add(change.charge);
    if (change.intent) {
      const { id } = change.intent.intent;
      if (!intents.has(id)) positions.set(id, idsOldestFirst.push(id) - 1);
      intents.set(id, change.intent);
    }
    if (change.keys_forgotten) answers.clear();
    if (change.answer) answers.set(change.answer.scope, change.answer);
    if (change.mode) mode = change.mode;
  }

  const journal = openJournal(join(dataDir, "journal.jsonl"), (entry) => apply(entry as Change));

  return {
    intent: (id) => intents.get(id),
    *intentsNewestFirst(afterId) {
      const end = afterId === undefined ? idsOldestFirst.length : (positions.get(afterId) ?? 0);
      for (let position = end - 1; position >= 0; position--) {
        const record = intents.get(idsOldestFirst[position] ?? "");
        if (record) yield record.intent;
      }
    },
    charges: ledger.charges,
    storedAnswer: (scope) => answers.get(scope),
    mode: () => mode,
    commit(change) {
      if (change.charge) ledger.assertRoomFor(change.charge);
      journal.append(change);
      apply(change);
    },
    close: journal.close,
  };
}
