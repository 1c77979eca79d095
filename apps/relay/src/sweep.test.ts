import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { relayBatch } from "@payonce/db";
import { acceptOne, claimOne, createTestDatabase, insertMerchant, makeDue } from "@payonce/db/testing";
import { connectRedisForPublishing, createLogger } from "@payonce/service";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { createPublisher } from "./publish.ts";
import { createSweep } from "./sweep.ts";

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
  await testDatabase.db.pool.query("TRUNCATE payments, attempts, timeline, outbox");
  const prefix = `test-${randomBytes(6).toString("hex")}`;
  publisher = createPublisher(redis, { prefix, eventsKept: 100, logger });
  charges = new Queue("charges", { connection: redis, prefix });
  const { findJobState } = publisher;
  sweep = createSweep({ pool: testDatabase.db.pool, findJobState, intervalMs: 1, graceMs: 1_000, logger });
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
    await charges.pause();
    for (let i = 0; i < 3; i++) expect(await sweep.runOnce()).toEqual({ dispatched: 0, deadLettered: 0 });
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

  test("does nothing while Redis cannot be asked", async () => {
    const id = await publishedAndDue();
    const blind = createSweep({
      pool: testDatabase.db.pool,
      findJobState: () => Promise.reject(new Error("Redis is away")),
      intervalMs: 1,
      graceMs: 1_000,
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
