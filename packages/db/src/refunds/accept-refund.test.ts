import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId, PAYMENT_STATES } from "@payonce/domain";
import {
  acceptOne,
  claimedRefund,
  createTestDatabase,
  insertMerchant,
  refundOne,
  refundRequest,
  refundSettle,
  succeedOne,
} from "../testing.ts";
import { acceptRefund, type RefundRequest } from "./accept-refund.ts";
import { settleRefund } from "./settle-refund.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const newPayment = (amountMinor = 4200) => succeedOne(testDatabase.db, merchantId, { amountMinor });
const accept = (paymentId: string, overrides: Partial<RefundRequest> = {}) =>
  acceptRefund(testDatabase.db, refundRequest(merchantId, paymentId, overrides));
const rows = async (sql: string, ...values: unknown[]) => (await testDatabase.db.pool.query(sql, values)).rows;
const paymentOf = async (id: string) => (await rows("SELECT * FROM payments WHERE id = $1", id))[0];
const sumsOf = async (id: string) => {
  const { refund_reserved_minor, refunded_minor } = await paymentOf(id);
  return { reserved: Number(refund_reserved_minor), refunded: Number(refunded_minor) };
};
const refundsOf = (id: string) => rows("SELECT * FROM refunds WHERE payment_id = $1 ORDER BY id", id);

describe("accepting a refund", () => {
  test("stores it with its reservation, its timeline row and the rows that get it refunded and announced", async () => {
    const id = await newPayment();
    const before = await paymentOf(id);
    const result = await accept(id, { amountMinor: 1500, reason: "duplicate", metadata: { case: "7" } });
    if (result.kind !== "created") throw new Error(result.kind);
    const { refund } = result;
    expect(refund).toMatchObject({
      paymentId: id,
      amountMinor: 1500,
      currency: "eur",
      reason: "duplicate",
      metadata: { case: "7" },
      status: "queued",
      outcomeUnknown: false,
      version: 1,
      nextActionAt: expect.any(Date),
    });
    expect(await sumsOf(id)).toEqual({ reserved: 1500, refunded: 0 });
    const version = before.version + 1;
    expect(await paymentOf(id)).toMatchObject({ status: "succeeded", version });
    expect(
      await rows("SELECT version, kind, refund_id FROM timeline WHERE payment_id = $1 AND refund_id IS NOT NULL", id),
    ).toEqual([{ version, kind: "refund_requested", refund_id: refund.id }]);
    const outbox = await rows("SELECT kind, version, refund_id FROM outbox WHERE payment_id = $1 ORDER BY kind", id);
    expect(outbox).toEqual([
      { kind: "accepted", version: 1, refund_id: null },
      { kind: "event", version, refund_id: null },
      { kind: "refund_dispatch", version: 1, refund_id: refund.id },
    ]);
  });

  test("without an amount refunds what is left", async () => {
    const id = await newPayment();
    await accept(id, { amountMinor: 1200 });
    expect(await accept(id, { amountMinor: null })).toMatchObject({ kind: "created", refund: { amountMinor: 3000 } });
    expect(await accept(id, { amountMinor: null })).toEqual({ kind: "exceeds_payment", leftMinor: 0, currency: "eur" });
  });

  test("of more than is left is refused, and says what is left", async () => {
    const id = await newPayment();
    await accept(id, { amountMinor: 4000 });
    expect(await accept(id, { amountMinor: 201 })).toEqual({
      kind: "exceeds_payment",
      leftMinor: 200,
      currency: "eur",
    });
    expect(await accept(id, { amountMinor: 200 })).toMatchObject({ kind: "created" });
  });

  test.each(PAYMENT_STATES.filter((state) => state !== "succeeded"))("of a %s payment is refused", async (status) => {
    const id = await acceptOne(testDatabase.db, merchantId);
    await rows(
      `UPDATE payments SET status = $2, provider_object_id = 'pi_' || id, outcome_unknown = $2 = 'unknown',
         failure_code = CASE WHEN $2 = 'declined' THEN 'x' END,
         dead_letter_reason = CASE WHEN $2 = 'dead_lettered' THEN 'attempts_spent' END,
         next_action_at = CASE WHEN $2 IN ('queued', 'charging', 'retry_wait', 'unknown') THEN now() END WHERE id = $1`,
      id,
      status,
    );
    expect(await accept(id)).toEqual({ kind: "not_refundable", status });
    expect(await refundsOf(id)).toEqual([]);
  });

  test("of another merchant's payment, or of none, finds nothing", async () => {
    const other = await insertMerchant(testDatabase.db);
    const id = await newPayment();
    expect(await accept(id, { merchantId: other })).toEqual({ kind: "payment_not_found" });
    expect(await accept(newId("pay"))).toEqual({ kind: "payment_not_found" });
    expect(await sumsOf(id)).toEqual({ reserved: 0, refunded: 0 });
  });
});

describe("a refund's idempotency key", () => {
  test("with the same request answers with the first refund, also when nothing is left", async () => {
    const id = await newPayment();
    const request = refundRequest(merchantId, id, { amountMinor: null });
    const first = await acceptRefund(testDatabase.db, request);
    const again = await acceptRefund(testDatabase.db, { ...request, id: newId("ref") });
    expect(again).toEqual({ ...first, kind: "replayed" });
    expect(await sumsOf(id)).toEqual({ reserved: 4200, refunded: 0 });
  });

  test("with another request is refused, also for another payment", async () => {
    const [id, other] = [await newPayment(), await newPayment()];
    const request = refundRequest(merchantId, id);
    await acceptRefund(testDatabase.db, request);
    const changed = { ...request, id: newId("ref"), requestHash: "ab".repeat(32) };
    expect(await acceptRefund(testDatabase.db, changed)).toEqual({ kind: "key_reused" });
    expect(await acceptRefund(testDatabase.db, { ...changed, paymentId: other })).toEqual({ kind: "key_reused" });
    expect(await sumsOf(other)).toEqual({ reserved: 0, refunded: 0 });
  });

  test("is a merchant's own", async () => {
    const other = await insertMerchant(testDatabase.db);
    const theirs = await succeedOne(testDatabase.db, other);
    expect(await accept(await newPayment(), { idempotencyKey: "mine" })).toMatchObject({ kind: "created" });
    const request = refundRequest(other, theirs, { idempotencyKey: "mine" });
    expect(await acceptRefund(testDatabase.db, request)).toMatchObject({ kind: "created" });
  });

  test("sent 20 times at once reserves once", async () => {
    const id = await newPayment();
    const request = refundRequest(merchantId, id);
    const results = await Promise.all(
      Array.from({ length: 20 }, () => acceptRefund(testDatabase.db, { ...request, id: newId("ref") })),
    );
    expect(results.filter(({ kind }) => kind === "created")).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === "replayed")).toHaveLength(19);
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 0 });
  });

  test("sent at once for two payments makes a refund of one of them", async () => {
    const [a, b] = [await newPayment(), await newPayment()];
    const results = await Promise.all(
      [a, b, a, b].map((paymentId) => accept(paymentId, { idempotencyKey: "both", requestHash: hashOf(paymentId) })),
    );
    expect(results.filter(({ kind }) => kind === "created")).toHaveLength(1);
    const sums = [await sumsOf(a), await sumsOf(b)];
    expect(sums.map(({ reserved }) => reserved).sort()).toEqual([0, 1000]);
  });
});

describe("20 refunds at once for more than was charged", () => {
  test.each([
    ["300 each of 4200", 300, 14],
    ["1000 each of 4200", 1000, 4],
    ["all that is left", null, 1],
  ])("take no more than there is: %s", async (_what, amountMinor, expected) => {
    const id = await newPayment();
    const results = await Promise.all(Array.from({ length: 20 }, () => accept(id, { amountMinor })));
    expect(results.filter(({ kind }) => kind === "created")).toHaveLength(expected);
    expect(results.filter(({ kind }) => kind === "exceeds_payment")).toHaveLength(20 - expected);
    const refunds = await refundsOf(id);
    const sum = refunds.reduce((total, { amount_minor }) => total + Number(amount_minor), 0);
    expect(sum).toBeLessThanOrEqual(4200);
    expect(await sumsOf(id)).toEqual({ reserved: sum, refunded: 0 });
    const versions = await rows("SELECT version FROM timeline WHERE payment_id = $1 AND refund_id IS NOT NULL", id);
    expect(new Set(versions.map(({ version }) => version)).size).toBe(expected);
  });

  test("wait for one that is just failing, and take what it gives back", async () => {
    const id = await newPayment();
    const failing = await refundOne(testDatabase.db, merchantId, { paymentId: id, amountMinor: 4200 });
    const other = await testDatabase.db.pool.connect();
    try {
      await other.query("BEGIN");
      await other.query(
        `WITH p AS (UPDATE payments SET refund_reserved_minor = 0 WHERE id = $2)
         UPDATE refunds SET status = 'failed', failure_code = 'x', next_action_at = NULL WHERE id = $1`,
        [failing, id],
      );
      const accepting = accept(id, { amountMinor: 3000 });
      // Its statement has begun, and has seen the payment as it was before.
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      while ((await rows(waiting)).length === 0);
      await other.query("COMMIT");
      expect(await accepting).toMatchObject({ kind: "created" });
    } finally {
      other.release();
    }
    expect(await sumsOf(id)).toEqual({ reserved: 3000, refunded: 0 });
  });

  test("take what a refund that fails meanwhile has given back, and no more", async () => {
    const id = await newPayment();
    const failing = await refundOne(testDatabase.db, merchantId, { paymentId: id, amountMinor: 4200 });
    const claim = await claimedRefund(testDatabase.db, failing);
    const fail = refundSettle(claim, { status: "failed", outcome: "failed", failureCode: "lost_card", waitMs: null });
    const [, ...results] = await Promise.all([
      settleRefund(testDatabase.db.pool, fail),
      ...Array.from({ length: 20 }, () => accept(id, { amountMinor: 1000 })),
    ]);
    const created = results.filter(({ kind }) => kind === "created").length;
    expect(created).toBeLessThanOrEqual(4);
    expect(await sumsOf(id)).toEqual({ reserved: created * 1000, refunded: 0 });
  });
});

const hashOf = (paymentId: string) => Buffer.from(paymentId.slice(-16)).toString("hex").padEnd(64, "0");
