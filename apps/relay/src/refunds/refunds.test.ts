import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type OutboxKind, type OutboxRow, relayBatch, retryRefunds, reviewRefunds, settleRefund } from "@payonce/db";
import { pauseQueue, resumeQueue } from "@payonce/db/operations";
import {
  claimedRefund,
  createTestDatabase,
  deadLetterOneRefund,
  emptyTables,
  insertMerchant,
  makeRefundDue,
  refundOne,
  refundSettle,
  TEST_ACTOR,
} from "@payonce/db/testing";
import { newId, refundDeadLetterJobId } from "@payonce/domain";
import { connectRedisForPublishing, createLogger } from "@payonce/service";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type pg from "pg";
import { createPublisher } from "../publish.ts";
import { createSweep } from "../sweep.ts";

const DAY_MS = 86_400_000;
const logger = createLogger("test", "silent");
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let redis: Redis;
let prefix: string;
let refunds: Queue;
let deadLetters: Queue;
let publisher: ReturnType<typeof createPublisher>;
let sweep: ReturnType<typeof createSweep>;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
  redis = connectRedisForPublishing(process.env.TEST_REDIS_URL ?? "", logger);
  await new Promise((resolve) => redis.once("ready", resolve));
});
afterAll(async () => {
  redis.disconnect();
  await testDatabase.drop();
});
beforeEach(async () => {
  await emptyTables(testDatabase.db, "payments");
  prefix = `test-${randomBytes(6).toString("hex")}`;
  publisher = createPublisher(redis, { prefix, eventsKept: 100, logger });
  refunds = new Queue("refunds", { connection: redis, prefix });
  deadLetters = new Queue("refunds-dead-letter", { connection: redis, prefix });
  sweep = createSweep({
    pool: testDatabase.db.pool,
    queues: publisher,
    intervalMs: 1,
    graceMs: 1_000,
    reviewWaitsMs: [DAY_MS, 7 * DAY_MS],
    logger,
  });
});

const relay = () => relayBatch(testDatabase.db.pool, 1_000, publisher.publish);
/** A refund whose row was published and whose time has passed; the payment's own row is gone. */
const publishedAndDue = async () => {
  const id = await refundOne(testDatabase.db, merchantId);
  await relay();
  await makeRefundDue(testDatabase.db, id);
  return id;
};
const jobIds = async () => (await refunds.getJobs()).map((job) => job.id);
const read = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT * FROM refunds WHERE id = $1", [id])).rows[0];

describe("publishing", () => {
  const row = (kind: OutboxKind, overrides: Partial<OutboxRow> = {}): OutboxRow => ({
    id: "7",
    kind,
    paymentId: newId("pay"),
    refundId: newId("ref"),
    version: 3,
    dispatch: 2,
    ...overrides,
  });
  const events = async () => (await redis.xrange(`${prefix}:payment-events`, "-", "+")).length;

  test("each kind of row about a refund leads to its own job, with nothing in it that matters, and announces nothing", async () => {
    const [dispatch, look, dead] = [row("refund_dispatch"), row("refund_look"), row("refund_dead_lettered")];
    const compare = row("refunds_compare", { refundId: null });
    expect(await publisher.publish([dispatch, look, dead, compare])).toEqual(new Set());
    const jobs = await refunds.getJobs();
    expect(jobs.map(({ id, name, data }) => ({ id, name, data })).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { id: `${compare.paymentId}-compare-7`, name: "compare-refunds", data: { paymentId: compare.paymentId } },
      { id: `${look.refundId}-look-7`, name: "look-again", data: { refundId: look.refundId, dispatch: 2 } },
      { id: `${dispatch.refundId}-2`, name: "refund-payment", data: { refundId: dispatch.refundId, dispatch: 2 } },
    ]);
    expect((await deadLetters.getJobs()).map(({ id, data }) => ({ id, data }))).toEqual([
      { id: `${dead.refundId}-v3`, data: { refundId: dead.refundId, version: 3 } },
    ]);
    expect(await events()).toBe(0);
    expect(await new Queue("charges", { connection: redis, prefix }).getJobs()).toEqual([]);
  });

  test("a new refund makes its job and announces its payment", async () => {
    const id = await refundOne(testDatabase.db, merchantId);
    await relay();
    expect(await jobIds()).toEqual([`${id}-0`]);
    // The payment when it was accepted, and its refund.
    expect(await events()).toBe(2);
  });
});

describe("the sweep", () => {
  test("gives a lost job's refund another job, and none to one whose job waits", async () => {
    const [lost, waiting] = [await publishedAndDue(), await publishedAndDue()];
    await refunds.remove(`${lost}-0`);
    expect(await sweep.runOnce()).toEqual({ dispatched: 1, deadLettered: 0 });
    await relay();
    expect((await jobIds()).sort()).toEqual([`${lost}-1`, `${waiting}-0`].sort());
    expect(await read(waiting)).toMatchObject({ dispatch: 0 });
  });

  test("heals refunds after everything in Redis is lost, also one whose charger died", async () => {
    const [queued, left] = [await publishedAndDue(), await publishedAndDue()];
    await claimedRefund(testDatabase.db, left);
    await makeRefundDue(testDatabase.db, left);
    await refunds.obliterate({ force: true });
    expect(await sweep.runOnce()).toEqual({ dispatched: 2, deadLettered: 0 });
    await relay();
    expect((await jobIds()).sort()).toEqual([`${left}-1`, `${queued}-1`].sort());
  });

  test("gives up on a refund that ten jobs have not moved, and its dead letter is in its queue", async () => {
    const id = await publishedAndDue();
    for (let dispatch = 0; dispatch < 10; dispatch++) {
      await refunds.remove(`${id}-${dispatch}`);
      expect(await sweep.runOnce()).toEqual({ dispatched: 1, deadLettered: 0 });
      await relay();
    }
    await refunds.remove(`${id}-10`);
    expect(await sweep.runOnce()).toEqual({ dispatched: 0, deadLettered: 1 });
    await relay();
    const { version } = await read(id);
    expect(await read(id)).toMatchObject({ status: "dead_lettered", dead_letter_reason: "no_progress" });
    expect((await deadLetters.getJobs()).map((job) => job.id)).toEqual([
      refundDeadLetterJobId({ refundId: id, version }),
    ]);
  });

  test("gives none behind an operator's pause, of which BullMQ knows also after Redis forgot", async () => {
    const id = await publishedAndDue();
    await refunds.remove(`${id}-0`);
    await pauseQueue(testDatabase.db.pool, TEST_ACTOR, "refunds", "a question about a merchant");
    expect(await sweep.runOnce()).toEqual({ dispatched: 0, deadLettered: 0 });
    expect(await refunds.isPaused()).toBe(true);
    await refunds.resume();
    await sweep.runOnce();
    expect(await refunds.isPaused()).toBe(true);
    await resumeQueue(testDatabase.db.pool, TEST_ACTOR, "refunds", "it is answered");
    expect(await sweep.runOnce()).toEqual({ dispatched: 1, deadLettered: 0 });
    expect(await refunds.isPaused()).toBe(false);
  });

  test("mends the dead-letter queue both ways", async () => {
    const [kept, retried] = [
      await deadLetterOneRefund(testDatabase.db, merchantId),
      await deadLetterOneRefund(testDatabase.db, merchantId),
    ];
    await testDatabase.db.pool.query("DELETE FROM outbox");
    const inQueue = async () => (await deadLetters.getJobs(["waiting"])).map(({ data }) => data.refundId).sort();
    await sweep.runOnce();
    expect(await inQueue()).toEqual([kept, retried].sort());
    await retryRefunds(testDatabase.db.pool, TEST_ACTOR, [{ id: retried }], "the provider is back");
    await sweep.runOnce();
    expect(await inQueue()).toEqual([kept]);
  });
});

describe("the review of refunds that succeeded", () => {
  /** A refund that succeeded so many days ago. */
  const succeeded = async (daysAgo: number, paymentId?: string) => {
    const id = await refundOne(testDatabase.db, merchantId, paymentId === undefined ? {} : { paymentId });
    const claim = await claimedRefund(testDatabase.db, id);
    const settled = { status: "succeeded", outcome: "succeeded", waitMs: null, providerRefundId: `re_${id}` } as const;
    await settleRefund(testDatabase.db.pool, refundSettle(claim, settled));
    await testDatabase.db.pool.query("UPDATE refunds SET updated_at = now() - $2 * interval '1 day' WHERE id = $1", [
      id,
      daysAgo,
    ]);
    await testDatabase.db.pool.query("DELETE FROM outbox");
    return id;
  };
  const asked = async () => {
    const { rows } = await testDatabase.db.pool.query("DELETE FROM outbox WHERE kind = 'refunds_compare' RETURNING *");
    return rows.map(({ payment_id }) => payment_id);
  };
  const later = (id: string, days: number) =>
    testDatabase.db.pool.query(
      `UPDATE refunds SET updated_at = updated_at - $2 * interval '1 day',
         review_at = CASE review_at WHEN 'infinity' THEN review_at ELSE review_at - $2 * interval '1 day' END WHERE id = $1`,
      [id, days],
    );

  test("asks the provider once at each of its times, and no more after the last", async () => {
    const id = await succeeded(0);
    const { payment_id: paymentId } = await read(id);
    const after = async (days: number) => {
      await later(id, days);
      await sweep.runOnce();
      await sweep.runOnce();
      return asked();
    };
    expect(await after(0)).toEqual([]);
    expect(await after(0.9)).toEqual([]);
    expect(await after(0.2)).toEqual([paymentId]);
    expect(await after(5.8)).toEqual([]);
    expect(await after(0.2)).toEqual([paymentId]);
    expect(await after(400)).toEqual([]);
  });

  test("asks once for what was missed, and once for two refunds of one payment", async () => {
    const id = await succeeded(100);
    const { payment_id: paymentId } = await read(id);
    await succeeded(100, paymentId);
    await sweep.runOnce();
    expect(await asked()).toEqual([paymentId]);
    await sweep.runOnce();
    expect(await asked()).toEqual([]);
  });

  test("leaves all others alone", async () => {
    const id = await refundOne(testDatabase.db, merchantId);
    const dead = await deadLetterOneRefund(testDatabase.db, merchantId);
    await later(id, 10);
    await later(dead, 10);
    await sweep.runOnce();
    expect(await asked()).toEqual([]);
  });

  /** While another session is in the middle of `work`. */
  const meanwhile = async (work: (session: pg.PoolClient) => Promise<unknown>) => {
    const session = await testDatabase.db.pool.connect();
    await session.query("BEGIN");
    await work(session);
    const result = await reviewRefunds(testDatabase.db.pool, [DAY_MS], 100);
    await session.query("COMMIT");
    session.release();
    return result;
  };

  test("asks once when two sweep at once", async () => {
    await succeeded(2);
    const asks = (session: pg.PoolClient) => reviewRefunds(session, [DAY_MS], 100);
    expect(await meanwhile(asks)).toEqual({ due: 0, asked: 0 });
    expect(await asked()).toHaveLength(1);
  });

  test("waits for nobody: what is held has its turn later", async () => {
    const held = await succeeded(2);
    const hold = (session: pg.PoolClient) => session.query("SELECT 1 FROM payments FOR UPDATE");
    expect(await meanwhile(hold)).toEqual({ due: 0, asked: 0 });
    await sweep.runOnce();
    expect(await asked()).toEqual([(await read(held)).payment_id]);
  });
});
