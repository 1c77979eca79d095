import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type OutboxKind, type OutboxRow, relayBatch, retryRefunds } from "@payonce/db";
import { pauseQueue, resumeQueue } from "@payonce/db/operations";
import {
  claimedRefund,
  createTestDatabase,
  deadLetterOneRefund,
  emptyTables,
  insertMerchant,
  makeRefundDue,
  refundOne,
  TEST_ACTOR,
} from "@payonce/db/testing";
import { newId, refundDeadLetterJobId } from "@payonce/domain";
import { connectRedisForPublishing, createLogger } from "@payonce/service";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { createPublisher } from "../publish.ts";
import { createSweep } from "../sweep.ts";

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
  sweep = createSweep({ pool: testDatabase.db.pool, queues: publisher, intervalMs: 1, graceMs: 1_000, logger });
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
