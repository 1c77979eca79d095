import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { relayBatch } from "@payonce/db";
import { pauseQueue, resumeQueue } from "@payonce/db/operations";
import {
  acceptOne,
  claimOne,
  createTestDatabase,
  emptyTables,
  insertMerchant,
  makeDue,
  TEST_ACTOR,
} from "@payonce/db/testing";
import { connectRedisForPublishing, createLogger } from "@payonce/service";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { createPublisher } from "./publish.ts";
import { createSweep } from "./sweep.ts";

const DAY_MS = 86_400_000;
const logger = createLogger("test", "silent");
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let redis: Redis;
let charges: Queue;
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
  await emptyTables(testDatabase.db, "payments", "attempts", "timeline", "outbox");
  const prefix = `test-${randomBytes(6).toString("hex")}`;
  publisher = createPublisher(redis, { prefix, eventsKept: 100, logger });
  charges = new Queue("charges", { connection: redis, prefix });
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
const publishedAndDue = async () => {
  const id = await acceptOne(testDatabase.db, merchantId);
  await relay();
  await makeDue(testDatabase.db, id);
  return id;
};

describe("the sweep", () => {
  test("gives a lost job's payment another job", async () => {
    const id = await publishedAndDue();
    await charges.remove(`${id}-0`);
    expect(await sweep.runOnce()).toEqual({ dispatched: 1, deadLettered: 0 });
    await relay();
    expect((await charges.getJobs()).map((job) => job.id)).toEqual([`${id}-1`]);
  });

  test("gives none to a payment that waits behind a paused queue, however long", async () => {
    await publishedAndDue();
    await pauseQueue(testDatabase.db.pool, TEST_ACTOR, "charges", "provider maintenance");
    for (let i = 0; i < 3; i++) expect(await sweep.runOnce()).toEqual({ dispatched: 0, deadLettered: 0 });
    await resumeQueue(testDatabase.db.pool, TEST_ACTOR, "charges", "it is over");
  });

  test("gives none to one whose job waits in a queue that nobody works on", async () => {
    await publishedAndDue();
    for (let i = 0; i < 3; i++) expect(await sweep.runOnce()).toEqual({ dispatched: 0, deadLettered: 0 });
  });

  test("gives none to 10,000 payments that wait behind an open breaker: no stampede when it closes", async () => {
    await testDatabase.db.pool.query(
      `WITH p AS (
         INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method)
         SELECT 'pay_' || lpad(n::text, 26, '0'), $1, 'key-' || n, decode(repeat('ab', 32), 'hex'), 100, 'eur', 'pm_x'
         FROM generate_series(1, 10000) n RETURNING id
       ) INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'accepted', id, 1, 0 FROM p`,
      [merchantId],
    );
    while ((await relay()) > 0);
    await testDatabase.db.pool.query("UPDATE payments SET next_action_at = now() - interval '1 hour'");
    expect(await sweep.runOnce()).toEqual({ dispatched: 0, deadLettered: 0 });
    expect(await charges.getWaitingCount()).toBe(10_000);
  }, 60_000);

  test("finds a job that is in no list any more, though it is still there by itself", async () => {
    const id = await publishedAndDue();
    await redis.del(charges.toKey("wait"));
    expect(await sweep.runOnce()).toEqual({ dispatched: 1, deadLettered: 0 });
    await relay();
    expect((await charges.getJobs()).map((job) => job.id)).toEqual([`${id}-1`]);
  });

  test("gives one to a payment whose charger died, when its job is gone as well", async () => {
    const id = await publishedAndDue();
    await claimOne(testDatabase.db, id);
    await charges.remove(`${id}-0`);
    expect(await sweep.runOnce()).toEqual({ dispatched: 0, deadLettered: 0 });
    await makeDue(testDatabase.db, id);
    expect(await sweep.runOnce()).toEqual({ dispatched: 1, deadLettered: 0 });
  });

  test("finds every lost payment behind more than a page of waiting ones", async () => {
    for (let i = 0; i < 3; i++) await acceptMany(200);
    await relay();
    await testDatabase.db.pool.query("UPDATE payments SET next_action_at = now() - interval '1 hour'");
    const late = await publishedAndDue();
    await testDatabase.db.pool.query("UPDATE payments SET next_action_at = now() - interval '2 s' WHERE id = $1", [
      late,
    ]);
    await charges.remove(`${late}-0`);
    expect(await sweep.runOnce()).toEqual({ dispatched: 1, deadLettered: 0 });
  });

  test("pauses and resumes BullMQ's queue as Postgres says, also after Redis forgot", async () => {
    const { pool } = testDatabase.db;
    await pauseQueue(pool, TEST_ACTOR, "charges", "provider maintenance");
    await sweep.runOnce();
    expect(await charges.isPaused()).toBe(true);
    await charges.resume();
    await sweep.runOnce();
    expect(await charges.isPaused()).toBe(true);
    await resumeQueue(pool, TEST_ACTOR, "charges", "it is over");
    await sweep.runOnce();
    expect(await charges.isPaused()).toBe(false);
  });

  test("does nothing while Redis cannot be asked", async () => {
    const id = await publishedAndDue();
    const blind = createSweep({
      pool: testDatabase.db.pool,
      queues: { ...publisher, findLostJobs: () => Promise.reject(new Error("Redis is away")) },
      intervalMs: 1,
      graceMs: 1_000,
      reviewWaitsMs: [DAY_MS],
      logger,
    });
    await expect(blind.runOnce()).rejects.toThrow("Redis is away");
    const { rows } = await testDatabase.db.pool.query("SELECT dispatch FROM payments WHERE id = $1", [id]);
    expect(rows).toEqual([{ dispatch: 0 }]);
  });
});

async function acceptMany(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => acceptOne(testDatabase.db, merchantId)));
}
