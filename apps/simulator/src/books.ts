import { join } from "node:path";
import { type ChargeRegister, createChargeRegister } from "./charges/charge-register.ts";
import type { FailedCharge } from "./charges/failed-charge.ts";
import type { Due } from "./due.ts";
import { openJournal } from "./journal.ts";
import { type Charge, createLedger } from "./ledger.ts";
import { createOrderedRecords, type OrderedRecords } from "./ordered-records.ts";
import type { IntentRecord } from "./payment-intents/payment-intent.ts";
import type { RefundRecord } from "./refunds/refund.ts";
import { createRefundRegister, type RefundRegister } from "./refunds/refund-register.ts";
import { INITIAL_SETTINGS, type Settings, settingsAfter } from "./settings.ts";
import type { StoredAnswer } from "./stored-answer.ts";
import { type StoredEvent, type WebhookEvent, wireForm } from "./webhooks/webhook-event.ts";

/**
 * What becomes true together. One change is one journal line, so no crash can leave a charge without its PaymentIntent's
 * new state, or either without the answer stored under the idempotency key.
 */
export type Change = Partial<Settings> & {
  readonly intent?: IntentRecord;
  readonly charge?: Charge;
  readonly failed_charge?: FailedCharge;
  /** A new one, or one of the same id of which its bank has spoken. */
  readonly refund?: RefundRecord;
  readonly answer?: StoredAnswer;
  /** A new one, or one of the same id that now has its time. */
  readonly due?: Due;
  readonly due_done?: string;
  /** Fingerprint of the create whose fault has struck. */
  readonly create_fault_spent?: string;
  /** To be told by webhook, together with the PaymentIntent of the same change. */
  readonly event?: StoredEvent;
  /** The same about a refund. What they show is kept with them: a charge looks otherwise after the next refund. */
  readonly refund_events?: readonly WebhookEvent[];
  readonly event_done?: string;
  /** All of them, or those under which PaymentIntents are: a refund's are never forgotten within the life of a refund. */
  readonly keys_forgotten?: true | "payment_intents";
};

/** Everything the provider remembers. It is rebuilt from the journal at start. */
export type Books = {
  intent(id: string): IntentRecord | undefined;
  readonly intents: Omit<OrderedRecords<IntentRecord>, "put">;
  /** Captured charges, oldest first. */
  charges(): Charge[];
  /** Captured and declined ones. */
  readonly allCharges: ChargeRegister["all"];
  readonly chargesOf: ChargeRegister["of"];
  readonly refunds: Omit<RefundRegister, "put">;
  storedAnswer(scope: string): StoredAnswer | undefined;
  dues(): Iterable<Due>;
  isCreateFaultSpent(fingerprint: string): boolean;
  readonly undelivered: ReadonlyMap<string, WebhookEvent>;
  settings(): Settings;
  /** Writes the change to the journal, then makes it true. Throws, with nothing changed, where it cannot. */
  commit(change: Change): void;
  close(): void;
};

/** Opens the books kept in `dataDir`; throws where the journal there cannot be opened or read. */
export function openBooks(dataDir: string): Books {
  const intents = createOrderedRecords<IntentRecord>();
  const ledger = createLedger();
  const answers = new Map<string, StoredAnswer>();
  const dues = new Map<string, Due>();
  const createFaultsSpent = new Set<string>();
  const register = createChargeRegister();
  const refunds = createRefundRegister();
  const undelivered = new Map<string, WebhookEvent>();
  let settings = INITIAL_SETTINGS;

  function apply(change: Change): void {
    if (change.charge) ledger.add(change.charge);
    const charge = change.charge ?? change.failed_charge;
    if (charge) register.add(charge);
    if (change.refund) refunds.put(change.refund);
    if (change.intent) intents.put(change.intent.intent.id, change.intent);
    if (change.event && change.intent) undelivered.set(change.event.id, wireForm(change.event, change.intent.intent));
    for (const event of change.refund_events ?? []) undelivered.set(event.id, event);
    if (change.event_done) undelivered.delete(change.event_done);
    if (change.keys_forgotten === true) answers.clear();
    else if (change.keys_forgotten) forgetPaymentIntents(answers);
    if (change.answer) answers.set(change.answer.scope, change.answer);
    if (change.due) dues.set(change.due.id, change.due);
    if (change.due_done) dues.delete(change.due_done);
    if (change.create_fault_spent) createFaultsSpent.add(change.create_fault_spent);
    settings = settingsAfter(settings, change);
  }

  /** The truth about money that went back: never more than was captured, whatever asks for it. */
  function assertRoomForRefund({ refund }: RefundRecord): void {
    const charge = register.all.get(refund.charge);
    const captured = charge && "captured_at" in charge ? charge.amount : 0;
    const isNew = refunds.all.get(refund.id) === undefined;
    if (isNew && refunds.refundedMinor(refund.payment_intent) + refund.amount > captured)
      throw new Error(`${refund.charge} has captured ${captured}; refund ${refund.id} would be too much`);
  }

  const journal = openJournal(join(dataDir, "journal.jsonl"), (entry) => apply(entry as Change));

  return {
    intent: intents.get,
    intents,
    charges: ledger.charges,
    allCharges: register.all,
    chargesOf: register.of,
    refunds,
    storedAnswer: (scope) => answers.get(scope),
    dues: () => dues.values(),
    isCreateFaultSpent: (fingerprint) => createFaultsSpent.has(fingerprint),
    undelivered,
    settings: () => settings,
    commit(change) {
      if (change.charge) ledger.assertRoomFor(change.charge);
      if (change.refund) assertRoomForRefund(change.refund);
      journal.append(change);
      apply(change);
    },
    close: journal.close,
  };
}

function forgetPaymentIntents(answers: Map<string, StoredAnswer>): void {
  for (const [scope, { body }] of answers)
    if ((body as { object?: unknown } | null)?.object === "payment_intent") answers.delete(scope);
}
