import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { canRefundTransition, newId, type RefundState } from "@payonce/domain";
import { pauseQueue, resumeQueue } from "../operations/pause-queue.ts";
import {
  claimedRefund,
  claimOneRefund,
  createTestDatabase,
  insertMerchant,
  makeRefundDue,
  refundOne,
  refundSettle,
  succeedOne,
  TEST_ACTOR,
} from "../testing.ts";
import { announceRefund } from "./announce-refund.ts";
import type { RefundClaim } from "./claim-refund.ts";
import { readNextRefundWake } from "./next-refund-wake.ts";
import { type SettleRefundRequest, settleRefund } from "./settle-refund.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const newRefund = (paymentId?: string) =>
  refundOne(testDatabase.db, merchantId, paymentId === undefined ? {} : { paymentId });
const claim = (id: string, options = {}) => claimOneRefund(testDatabase.db, id, options);
const mustClaim = (id: string, options = {}) => claimedRefund(testDatabase.db, id, options);
const announce = ({ id, attemptId, version }: RefundClaim, { isNewKey = false, callTimeoutMs = 1_000 } = {}) =>
  announceRefund(testDatabase.db.pool, { refundId: id, attemptId, version, isNewKey, callTimeoutMs });
const settle = (won: RefundClaim, overrides: Partial<SettleRefundRequest> = {}) =>
  settleRefund(testDatabase.db.pool, refundSettle(won, overrides));
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
  (await rows("SELECT kind FROM outbox WHERE refund_id = $1 ORDER BY id", id)).map(({ kind }) => kind);
const unknown = { status: "unknown", outcome: "unknown", outcomeUnknown: true } as const;
const ended = (status: "succeeded" | "failed" | "canceled") =>
  ({
    status,
    outcome: status,
    providerRefundId: `re_${newId("ref")}`,
    failureCode: status === "succeeded" ? null : "lost_card",
    waitMs: null,
  }) as const;

describe("a claim", () => {
  test("announces the attempt, and says where the money was taken and under which conditions", async () => {
    const id = await newRefund();
    const won = await mustClaim(id);
    expect(won).toMatchObject({
      id,
      version: 2,
      attempts: 1,
      tries: 1,
      amountMinor: 1000,
      currency: "eur",
      providerObjectId: `pi_${won.paymentId}`,
      providerAccount: "acct_test",
      providerApiVersion: "2026-01-01",
      wasSent: false,
      outcomeUnknown: false,
      mayKeyBeForgotten: false,
      isKeySpent: false,
    });
    expect(await rows("SELECT id, number, outcome, sent_at FROM refund_attempts WHERE refund_id = $1", id)).toEqual([
      { id: won.attemptId, number: 1, outcome: null, sent_at: null },
    ]);
  });

  test("is won by one of 30 that try at once", async () => {
    const id = await newRefund();
    const claims = await Promise.all(Array.from({ length: 30 }, () => claim(id)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  test("is not given while another's lease lives, not even with new evidence", async () => {
    const id = await newRefund();
    await announce(await mustClaim(id));
    expect(await claim(id)).toBeNull();
    expect(await claim(id, { forced: true })).toBeNull();
    await makeRefundDue(testDatabase.db, id);
    expect(await claim(id)).toMatchObject({ attempts: 2, outcomeUnknown: true });
  });

  test("after a lease that ended before anything was announced knows that nothing was sent", async () => {
    const id = await newRefund();
    await mustClaim(id);
    await makeRefundDue(testDatabase.db, id);
    expect(await claim(id)).toMatchObject({ attempts: 2, outcomeUnknown: false, wasSent: false });
  });

  test("is given before its time only with new evidence about something sent, and spends no try then", async () => {
    const [sent, unsent] = [await newRefund(), await newRefund()];
    const won = await mustClaim(sent);
    await announce(won);
    await settle(won, { ...unknown, waitMs: 3_600_000 });
    await settle(await mustClaim(unsent), { waitMs: 3_600_000 });
    expect(await claim(sent)).toBeNull();
    expect(await claim(unsent, { forced: true })).toBeNull();
    expect(await claim(sent, { forced: true })).toMatchObject({ attempts: 2, tries: 1, isHinted: true });
  });

  test("is given to nobody while an operator has paused the refunds; the charges' pause does not matter", async () => {
    const id = await newRefund();
    await pauseQueue(testDatabase.db.pool, TEST_ACTOR, "refunds", "a question about a merchant");
    expect(await claim(id)).toBeNull();
    expect(await readNextRefundWake(testDatabase.db.pool, id)).toMatchObject({ waitMs: 5_000, isPaused: true });
    await resumeQueue(testDatabase.db.pool, TEST_ACTOR, "refunds", "it is answered");
    await pauseQueue(testDatabase.db.pool, TEST_ACTOR, "charges", "provider maintenance");
    expect(await claim(id)).not.toBeNull();
    await resumeQueue(testDatabase.db.pool, TEST_ACTOR, "charges", "it is over");
  });

  test("says when the provider may have forgotten the key, and when the last request is over", async () => {
    const id = await newRefund();
    const won = await mustClaim(id);
    await announce(won);
    await settle(won, unknown);
    expect(await mustClaim(id)).toMatchObject({ mayKeyBeForgotten: false, isQuiet: false, wasSent: true });
    await rows(
      `UPDATE refunds SET key_sent_at = now() - interval '24 h', last_sent_at = now() - interval '2 min',
         next_action_at = now() WHERE id = $1`,
      id,
    );
    expect(await mustClaim(id)).toMatchObject({ mayKeyBeForgotten: true, isQuiet: true });
  });

  test("of a refund that is older than the provider's memory, and was never sent, does not trust that", async () => {
    const id = await newRefund();
    await rows("UPDATE refunds SET created_at = now() - interval '24 h' WHERE id = $1", id);
    expect(await mustClaim(id)).toMatchObject({ wasSent: false, mayKeyBeForgotten: true });
  });
});

describe("announcing a request", () => {
  test("makes the outcome unknown before it leaves, and keeps the key", async () => {
    const id = await newRefund();
    const won = await mustClaim(id);
    expect(await announce(won)).toBe(`${id}-refund-1`);
    expect(await read(id)).toMatchObject({ status: "refunding", outcome_unknown: true, version: won.version });
    expect(await rows("SELECT sent_key, sent_at FROM refund_attempts WHERE id = $1", won.attemptId)).toEqual([
      { sent_key: `${id}-refund-1`, sent_at: expect.any(Date) },
    ]);
    await settle(won, unknown);
    const { key_sent_at } = await read(id);
    expect(await announce(await mustClaim(id))).toBe(`${id}-refund-1`);
    expect((await read(id)).key_sent_at).toEqual(key_sent_at);
  });

  test("under a new key starts its memory anew", async () => {
    const id = await newRefund();
    const won = await mustClaim(id);
    await announce(won);
    await settle(won, { ...unknown, isKeySpent: true });
    await rows("UPDATE refunds SET key_sent_at = now() - interval '24 h' WHERE id = $1", id);
    const next = await mustClaim(id);
    expect(next).toMatchObject({ isKeySpent: true, mayKeyBeForgotten: true });
    expect(await announce(next, { isNewKey: true })).toBe(`${id}-refund-2`);
    await settle(next, unknown);
    expect(await mustClaim(id)).toMatchObject({ isKeySpent: false, mayKeyBeForgotten: false });
  });

  test("is refused to a charger that has lost its claim, or is about to", async () => {
    const id = await newRefund();
    const lost = await mustClaim(id);
    expect(await announce(lost, { callTimeoutMs: 61_000 })).toBeNull();
    await makeRefundDue(testDatabase.db, id);
    expect(await announce(lost)).toBeNull();
    await mustClaim(id);
    expect(await announce(lost)).toBeNull();
    expect(await read(id)).toMatchObject({ outcome_unknown: false, last_sent_at: null });
  });
});

describe("a settle", () => {
  test("as succeeded counts the money as refunded, once, and keeps it reserved", async () => {
    const id = await newRefund();
    const won = await mustClaim(id);
    await announce(won);
    expect(await settle(won, ended("succeeded"))).toBe(3);
    expect(await settle(won, ended("succeeded"))).toBeNull();
    expect(await read(id)).toMatchObject({ status: "succeeded", outcome_unknown: false, next_action_at: null });
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 1000 });
  });

  test.each(["failed", "canceled"] as const)("as %s gives the reservation back, once", async (status) => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    await newRefund(paymentId);
    const id = await newRefund(paymentId);
    const won = await mustClaim(id);
    await settle(won, ended(status));
    await settle(won, ended(status));
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 0 });
  });

  test.each([
    ["retry_wait", {}],
    ["unknown", unknown],
    ["pending", { status: "pending", outcome: "pending", providerRefundId: "re_p", waitMs: 60_000 }],
    [
      "dead_lettered",
      {
        status: "dead_lettered",
        outcome: "unknown",
        outcomeUnknown: true,
        waitMs: null,
        deadLetterReason: "attempts_spent",
      },
    ],
  ] as const)("as %s keeps the reservation", async (status, change) => {
    const id = await newRefund();
    const won = await mustClaim(id);
    await announce(won);
    await settle(won, change);
    expect(await read(id)).toMatchObject({ status });
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 0 });
  });

  test("that lost its claim changes nothing, keeps what it learned, and has the refund looked at", async () => {
    const id = await newRefund();
    const slow = await mustClaim(id);
    await announce(slow);
    await makeRefundDue(testDatabase.db, id);
    const quick = await mustClaim(id);
    const before = await read(id);
    const evidence = [{ operation: "refund" as const, at: "2026-01-01T00:00:00Z", durationMs: 1, objectId: "re_1" }];
    expect(await settle(slow, { ...ended("succeeded"), code: null, evidence })).toBeNull();
    expect(await read(id)).toEqual(before);
    expect(await rows("SELECT outcome, evidence FROM refund_attempts WHERE id = $1", slow.attemptId)).toEqual([
      { outcome: "succeeded", evidence },
    ]);
    expect((await outboxOf(id)).at(-1)).toBe("refund_look");
    expect(await settle(quick, ended("succeeded"))).not.toBeNull();
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 1000 });
  });

  test("as a dead letter makes its job and opens the anomaly that led to it", async () => {
    const id = await newRefund();
    const won = await mustClaim(id);
    await announce(won);
    await settle(won, {
      ...unknown,
      status: "dead_lettered",
      waitMs: null,
      deadLetterReason: "provider_mismatch",
      providerRefundId: "re_odd",
      anomaly: { id: newId("ano"), kind: "provider_mismatch", providerObjectId: "re_odd" },
    });
    expect(await outboxOf(id)).toEqual(["refund_dispatch", "refund_dead_lettered"]);
    expect(await rows("SELECT kind, provider_object_id FROM anomalies WHERE payment_id = $1", won.paymentId)).toEqual([
      { kind: "provider_mismatch", provider_object_id: "re_odd" },
    ]);
  });
});

describe("the payment's timeline", () => {
  test("tells each change of a refund as a version of the payment's own, and its path is one of the state machine", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const [a, b] = [await newRefund(paymentId), await newRefund(paymentId)];
    const first = await mustClaim(a);
    await announce(first);
    const other = await mustClaim(b);
    await settle(first, unknown);
    const second = await mustClaim(a);
    await settle(other, ended("succeeded"));
    await settle(second, ended("failed"));
    const timeline = await rows(
      "SELECT version, kind, refund_id FROM timeline WHERE payment_id = $1 AND refund_id IS NOT NULL ORDER BY version",
      paymentId,
    );
    const kindsOf = (id: string) => timeline.filter((entry) => entry.refund_id === id).map(({ kind }) => kind);
    expect(kindsOf(a)).toEqual([
      "refund_requested",
      "refund_started",
      "refund_unknown",
      "refund_started",
      "refund_failed",
    ]);
    expect(kindsOf(b)).toEqual(["refund_requested", "refund_started", "refund_succeeded"]);
    expect(timeline.map(({ version }) => version)).toEqual(timeline.map((_entry, i) => i + 3));
    for (const id of [a, b]) {
      const states = kindsOf(id).map(stateOf);
      for (const [i, to] of states.slice(1).entries())
        expect(canRefundTransition(states[i] as RefundState, to)).toBe(true);
    }
    const { version } = (await rows("SELECT version FROM payments WHERE id = $1", paymentId))[0];
    expect(version).toBe(timeline.at(-1)?.version);
  });
});

function stateOf(kind: string): RefundState {
  const word = kind.replace("refund_", "");
  return word === "requested" ? "queued" : word === "started" ? "refunding" : (word as RefundState);
}
