import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { recordProviderEvent } from "../record-provider-event.ts";
import { FIRST_PAGE } from "../sweep.ts";
import {
  claimedRefund,
  claimOneRefund,
  createTestDatabase,
  deadLetterOneRefund,
  emptyTables,
  insertMerchant,
  makeRefundDue,
  refundOne,
  refundSettle,
  succeedOne,
  TEST_ACTOR,
} from "../testing.ts";
import { announceRefund } from "./announce-refund.ts";
import { readRefundsForComparison, wakeRefund } from "./compared-refunds.ts";
import { moveRefund, postponeLook, type RefundMove } from "./move-refund.ts";
import { readNextRefundWake } from "./next-refund-wake.ts";
import { findOutdatedRefundDeadLetters, listDeadLetteredRefunds } from "./refund-dead-letters.ts";
import { retryRefunds } from "./retry-refunds.ts";
import { settleRefund } from "./settle-refund.ts";
import { dispatchRefundsAgain, findOverdueRefunds } from "./sweep-refunds.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(() => emptyTables(testDatabase.db, "payments"));

const rows = async (sql: string, ...values: unknown[]) => (await testDatabase.db.pool.query(sql, values)).rows;
const read = async (id: string) => (await rows("SELECT * FROM refunds WHERE id = $1", id))[0];
const sumsOf = async (refundId: string) =>
  (
    await rows(
      `SELECT refund_reserved_minor::int AS reserved, refunded_minor::int AS refunded FROM payments
       WHERE id = (SELECT payment_id FROM refunds WHERE id = $1)`,
      refundId,
    )
  )[0];
const outboxOf = async (id: string) =>
  (await rows("SELECT kind, dispatch FROM outbox WHERE refund_id = $1 ORDER BY id", id)).map(
    ({ kind, dispatch }) => `${kind} ${dispatch}`,
  );
const publishAll = () => rows("DELETE FROM outbox");
const newRefund = () => refundOne(testDatabase.db, merchantId);

/** A refund that the provider has, in this state. */
async function seen(status: "pending" | "succeeded"): Promise<string> {
  const id = await newRefund();
  const claim = await claimedRefund(testDatabase.db, id);
  const { attemptId, version } = claim;
  await announceRefund(testDatabase.db.pool, { refundId: id, attemptId, version, isNewKey: false, callTimeoutMs: 1 });
  const waitMs = status === "pending" ? 60_000 : null;
  const settled = { status, outcome: status, waitMs, failureCode: null, code: null, providerRefundId: `re_${id}` };
  await settleRefund(testDatabase.db.pool, refundSettle(claim, settled));
  return id;
}

async function move(id: string, to: RefundMove["to"], overrides: Partial<RefundMove> = {}) {
  const { status, version } = await read(id);
  return moveRefund(testDatabase.db.pool, {
    refundId: id,
    version,
    from: status,
    to,
    failureCode: to === "failed" || to === "canceled" ? "lost_or_stolen_card" : null,
    providerRefundId: `re_${id}`,
    waitMs: to === "pending" ? 60_000 : null,
    startedAt: "2026-01-01T00:00:00.000Z",
    evidence: [{ operation: "list_refunds", at: "2026-01-01T00:00:00.000Z", durationMs: 1 }],
    ...overrides,
  });
}

describe("evidence about a refund that nobody works on", () => {
  test("that a pending one has succeeded ends it, and counts the money", async () => {
    const id = await seen("pending");
    expect(await move(id, "succeeded")).toBe(true);
    expect(await read(id)).toMatchObject({ status: "succeeded", next_action_at: null });
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 1000 });
  });

  test.each(["failed", "canceled"] as const)("that a pending one has %s gives the reservation back", async (to) => {
    const id = await seen("pending");
    await move(id, to);
    expect(await sumsOf(id)).toEqual({ reserved: 0, refunded: 0 });
  });

  test("that a succeeded one was sent back takes it back, with an entry, an event and the evidence", async () => {
    const id = await seen("succeeded");
    await publishAll();
    expect(await move(id, "failed")).toBe(true);
    expect(await read(id)).toMatchObject({ status: "failed", failure_code: "lost_or_stolen_card" });
    expect(await sumsOf(id)).toEqual({ reserved: 0, refunded: 0 });
    const [last] = await rows("SELECT kind, code FROM timeline WHERE refund_id = $1 ORDER BY version DESC LIMIT 1", id);
    expect(last).toEqual({ kind: "refund_failed", code: "lost_or_stolen_card" });
    expect(await rows("SELECT kind FROM outbox")).toEqual([{ kind: "event" }]);
    const [attempt] = await rows("SELECT * FROM refund_attempts WHERE refund_id = $1 AND number = 2", id);
    expect(attempt).toMatchObject({ outcome: "failed", evidence: [{ operation: "list_refunds" }] });
  });

  test("read before it changed moves nothing", async () => {
    const id = await seen("pending");
    const { version } = await read(id);
    await move(id, "succeeded");
    expect(await move(id, "failed", { from: "pending", version })).toBe(false);
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 1000 });
  });

  test("seen by ten at once moves it once", async () => {
    const id = await seen("succeeded");
    const { version } = await read(id);
    const moved = await Promise.all(
      Array.from({ length: 10 }, () => move(id, "failed", { from: "succeeded", version })),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
    expect(await sumsOf(id)).toEqual({ reserved: 0, refunded: 0 });
  });

  test("moves none that a charger has", async () => {
    const id = await newRefund();
    await claimedRefund(testDatabase.db, id);
    expect(await move(id, "succeeded")).toBe(false);
  });

  test("ends a dead letter, and one that turns out to be under way gets a job again", async () => {
    const [done, under] = [
      await deadLetterOneRefund(testDatabase.db, merchantId, { outcomeUnknown: true }),
      await deadLetterOneRefund(testDatabase.db, merchantId, { outcomeUnknown: true }),
    ];
    await publishAll();
    await move(done, "succeeded");
    await move(under, "pending");
    expect(await read(done)).toMatchObject({ status: "succeeded", dead_letter_reason: null, outcome_unknown: false });
    expect(await sumsOf(done)).toEqual({ reserved: 1000, refunded: 1000 });
    expect(await outboxOf(done)).toEqual([]);
    expect(await outboxOf(under)).toEqual(["refund_dispatch 0"]);
  });

  test("that nothing has changed puts the next look off, and counts as progress", async () => {
    const id = await seen("pending");
    await rows("UPDATE refunds SET idle_dispatches = 5 WHERE id = $1", id);
    await postponeLook(testDatabase.db.pool, await read(id), 3_600_000);
    expect(await read(id)).toMatchObject({ looks: 1, idle_dispatches: 0, status: "pending" });
    const wake = await readNextRefundWake(testDatabase.db.pool, id);
    expect(wake?.waitMs).toBeGreaterThan(3_500_000);
  });
});

describe("the provider's webhooks", () => {
  const event = (overrides: object) => ({
    id: `evt_${Math.random().toString(36).slice(2)}`,
    type: "refund.updated",
    paymentId: null,
    refundId: null,
    isAboutRefunds: true,
    providerObjectId: "re_1",
    createdAt: new Date(),
    ...overrides,
  });

  test("about a refund of ours have it looked at; about money that went back, all of the payment's", async () => {
    const id = await newRefund();
    const { payment_id: paymentId } = await read(id);
    await publishAll();
    await recordProviderEvent(testDatabase.db.pool, event({ refundId: id, paymentId }));
    await recordProviderEvent(testDatabase.db.pool, event({ paymentId }));
    await recordProviderEvent(testDatabase.db.pool, event({ paymentId, isAboutRefunds: false }));
    await recordProviderEvent(testDatabase.db.pool, event({}));
    const outbox = await rows("SELECT kind, payment_id, refund_id FROM outbox ORDER BY id");
    expect(outbox).toEqual([
      { kind: "refund_look", payment_id: paymentId, refund_id: id },
      { kind: "refunds_compare", payment_id: paymentId, refund_id: null },
      { kind: "look_again", payment_id: paymentId, refund_id: null },
    ]);
  });

  test("are stored once, and change nothing of the refund", async () => {
    const id = await seen("pending");
    const before = await read(id);
    await publishAll();
    const same = event({ refundId: id });
    const stored = await Promise.all(Array.from({ length: 10 }, () => recordProviderEvent(testDatabase.db.pool, same)));
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect(await outboxOf(id)).toEqual(["refund_look 0"]);
    expect(await read(id)).toEqual(before);
  });
});

describe("the sweep", () => {
  const overdue = async () =>
    (await findOverdueRefunds(testDatabase.db.pool, 1_000, FIRST_PAGE, 100)).map(({ id }) => id);
  const again = (ids: string[], dispatch = 0) =>
    dispatchRefundsAgain(
      testDatabase.db.pool,
      ids.map((id) => ({ id, dispatch })),
      10,
    );

  test("finds refunds whose time has passed, also pending ones, and none whose row still waits", async () => {
    const [queued, pending, unpublished] = [await newRefund(), await seen("pending"), await newRefund()];
    await rows("DELETE FROM outbox WHERE refund_id <> $1", unpublished);
    for (const id of [queued, pending, unpublished]) await makeRefundDue(testDatabase.db, id);
    expect((await overdue()).sort()).toEqual([queued, pending].sort());
  });

  test("gives a new job and does not touch the version; by several at once it happens once", async () => {
    const id = await newRefund();
    await publishAll();
    await makeRefundDue(testDatabase.db, id);
    const results = await Promise.all(Array.from({ length: 8 }, () => again([id])));
    expect(results.filter(({ dispatched }) => dispatched === 1)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ dispatch: 1, version: 1 });
    expect(await outboxOf(id)).toEqual(["refund_dispatch 1"]);
  });

  test("ends in dead letters what ten jobs have not moved, each a version of its payment; nothing is given back", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const ids = [
      await refundOne(testDatabase.db, merchantId, { paymentId }),
      await refundOne(testDatabase.db, merchantId, { paymentId }),
    ];
    const pending = await seen("pending");
    for (const id of [...ids, pending]) await makeRefundDue(testDatabase.db, id);
    await rows("UPDATE refunds SET idle_dispatches = 10");
    await publishAll();
    expect(await again([...ids, pending])).toMatchObject({ dispatched: 0, deadLettered: 3 });
    for (const id of ids)
      expect(await read(id)).toMatchObject({
        status: "dead_lettered",
        dead_letter_reason: "no_progress",
        outcome_unknown: false,
      });
    expect(await read(pending)).toMatchObject({ status: "dead_lettered", outcome_unknown: true });
    const [{ version }] = await rows("SELECT version FROM payments WHERE id = $1", paymentId);
    const timeline = await rows(
      "SELECT version FROM timeline WHERE kind = 'refund_dead_lettered' AND payment_id = $1",
      paymentId,
    );
    expect(timeline.map((entry) => entry.version).sort()).toEqual([version - 1, version]);
    const events = await rows("SELECT version FROM outbox WHERE kind = 'event' AND payment_id = $1", paymentId);
    expect(events.map((entry) => entry.version).sort()).toEqual([version - 1, version]);
    expect(await sumsOf(ids[0] as string)).toEqual({ reserved: 2000, refunded: 0 });
  });

  test("does nothing for a refund that moved on meanwhile, and counts from zero after a claim", async () => {
    const id = await newRefund();
    await makeRefundDue(testDatabase.db, id);
    await again([id]);
    await claimedRefund(testDatabase.db, id);
    expect(await again([id], 1)).toMatchObject({ dispatched: 0, deadLettered: 0 });
    expect(await read(id)).toMatchObject({ idle_dispatches: 0 });
  });
});

describe("retrying a dead letter", () => {
  const deadLetter = (outcomeUnknown = false) => deadLetterOneRefund(testDatabase.db, merchantId, { outcomeUnknown });
  const retry = async (id: string, version?: number) =>
    (await retryRefunds(testDatabase.db.pool, TEST_ACTOR, [{ id, version }], "the provider is back")).get(id);

  test("that was provably not refunded queues it; an unknown one stays unknown", async () => {
    const [known, unknown] = [await deadLetter(), await deadLetter(true)];
    expect(await retry(known)).toEqual({ result: "retried", status: "queued", version: 2 });
    expect(await retry(unknown)).toEqual({ result: "retried", status: "unknown", version: 2 });
    expect(await read(unknown)).toMatchObject({ outcome_unknown: true, tries: 0, dispatch: 1 });
    expect(await claimOneRefund(testDatabase.db, unknown)).toMatchObject({ outcomeUnknown: true });
  });

  test("ten times at once has one effect and one entry in the audit log", async () => {
    const id = await deadLetter(true);
    await publishAll();
    const results = await Promise.all(Array.from({ length: 10 }, () => retry(id)));
    expect(results.filter((result) => result?.result === "retried")).toHaveLength(1);
    expect(results.filter((result) => result?.result === "not_dead_lettered")).toHaveLength(9);
    expect(await outboxOf(id)).toEqual(["refund_dispatch 1"]);
    expect(
      await rows("SELECT actor, action, target, reason, before, after FROM audit_log WHERE target = $1", id),
    ).toEqual([
      {
        actor: "cli:test",
        action: "retry_refund",
        target: id,
        reason: "the provider is back",
        before: {
          status: "dead_lettered",
          version: 1,
          tries: 8,
          outcome_unknown: true,
          dead_letter_reason: "attempts_spent",
        },
        after: { status: "unknown", version: 2, tries: 0 },
      },
    ]);
  });

  test("that changed since it was looked at is left alone; one that does not exist is not found", async () => {
    const id = await deadLetter();
    expect(await retry(id, 7)).toEqual({ result: "changed", status: "dead_lettered", version: 1 });
    expect(await retry("ref_00000000000000000000000000")).toEqual({ result: "not_found" });
  });

  test("makes its letter outdated, and only its own", async () => {
    const [kept, retried] = [await deadLetter(), await deadLetter()];
    const letters = await listDeadLetteredRefunds(testDatabase.db.pool, "", 100);
    expect(letters.map(({ refundId }) => refundId).sort()).toEqual([kept, retried].sort());
    await retry(retried);
    expect(await findOutdatedRefundDeadLetters(testDatabase.db.pool, letters)).toEqual([
      { refundId: retried, version: 1 },
    ]);
  });
});

describe("comparing", () => {
  test("reads a payment's refunds as of one moment", async () => {
    const id = await seen("pending");
    const { payment_id: paymentId, version } = await read(id);
    expect(await readRefundsForComparison(testDatabase.db.pool, paymentId)).toEqual({
      paymentId,
      providerObjectId: `pi_${paymentId}`,
      providerAccount: "acct_test",
      providerApiVersion: "2026-01-01",
      refunds: [
        {
          id,
          version,
          dispatch: 0,
          looks: 0,
          status: "pending",
          outcomeUnknown: false,
          amountMinor: 1000,
          currency: "eur",
          providerRefundId: `re_${id}`,
        },
      ],
    });
    await publishAll();
    await wakeRefund(testDatabase.db.pool, id);
    expect(await outboxOf(id)).toEqual(["refund_look 0"]);
  });
});
