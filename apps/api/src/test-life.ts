import { type Database, type SettleRequest, settleAttempts, storeProviderObject } from "@payonce/db";
import { claimOne, settleRequest } from "@payonce/db/testing";

type Outcome = "retry_wait" | "unknown" | "dead_lettered" | "succeeded" | "declined";

/** One attempt as the charger makes it, with its statements: claim, store the object unless there is one, settle. */
export async function attempt(db: Database, paymentId: string, outcome: Outcome): Promise<void> {
  const claim = await claimOne(db, paymentId);
  if (!claim) throw new Error(`${paymentId} cannot be claimed`);
  const version = claim.providerObjectId === null ? await store(db, claim) : claim.version;
  await settleAttempts(db.pool, [settleRequest({ ...claim, version }, SETTLED[outcome])]);
}

/** Every kind of step on the way to a charge, ten public events in all; `between` runs after each attempt. */
export async function longLife(db: Database, paymentId: string, between: () => unknown = () => {}): Promise<void> {
  for (const outcome of ["retry_wait", "unknown", "retry_wait", "unknown", "succeeded"] as const) {
    await attempt(db, paymentId, outcome);
    await between();
  }
}

/** What `longLife` is to whoever watches, as types of events. */
export const LONG_LIFE = [
  "payment.queued",
  ...["payment.retrying", "payment.unknown", "payment.retrying", "payment.unknown", "payment.succeeded"].flatMap(
    (type) => ["payment.processing", type],
  ),
];

async function store(db: Database, { id, version }: { id: string; version: number }): Promise<number> {
  const object = { paymentId: id, version, objectId: `pi_${id}`, mayHaveCharged: false };
  return (await storeProviderObject(db.pool, object)) as number;
}

const SETTLED: Record<Outcome, Partial<SettleRequest>> = {
  retry_wait: {
    status: "retry_wait",
    outcome: "not_executed",
    code: "provider_refused",
    failureCode: "provider_refused",
  },
  unknown: {
    status: "unknown",
    outcome: "unknown",
    outcomeUnknown: true,
    code: "provider_timeout",
    failureCode: "provider_timeout",
  },
  dead_lettered: {
    status: "dead_lettered",
    outcome: "not_executed",
    waitMs: null,
    code: "provider_refused",
    deadLetterReason: "attempts_spent",
  },
  succeeded: { status: "succeeded", outcome: "succeeded", waitMs: null, code: null, failureCode: null },
  declined: {
    status: "declined",
    outcome: "declined",
    waitMs: null,
    code: "card_declined",
    failureCode: "card_declined",
  },
};
