import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { acceptOne, createTestDatabase, emptyTables, insertMerchant } from "@payonce/db/testing";
import { connectRedisForPublishing, createLogger } from "@payonce/service";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { mendDeadLetters } from "./mend-dead-letters.ts";
import { createPublisher } from "./publish.ts";

const logger = createLogger("test", "silent");
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let redis: Redis;
let publisher: ReturnType<typeof createPublisher>;
let queue: Queue;

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
  queue = new Queue("charges-dead-letter", { connection: redis, prefix });
});

async function deadLetter(): Promise<string> {
  const id = await acceptOne(testDatabase.db, merchantId);
  await testDatabase.db.pool.query("DELETE FROM outbox");
  await testDatabase.db.pool.query(
    `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL, version = 5
     WHERE id = $1`,
    [id],
  );
  return id;
}
const mend = () => mendDeadLetters(testDatabase.db.pool, publisher);
const jobIds = async () => (await queue.getJobs()).map(({ id }) => id).sort();

describe("mending the dead-letter queue", () => {
  test("puts back what Redis lost, and nothing twice", async () => {
    const ids = [await deadLetter(), await deadLetter()];
    await acceptOne(testDatabase.db, merchantId);
    await mend();
    await mend();
    expect(await jobIds()).toEqual(ids.map((id) => `${id}-v5`).sort());
  });

  test("puts back those whose list Redis lost while it kept their data", async () => {
    const ids = [await deadLetter(), await deadLetter()];
    await mend();
    await redis.del(queue.toKey("wait"));
    expect(await jobIds()).toEqual([]);
    await mend();
    expect(await jobIds()).toEqual(ids.map((id) => `${id}-v5`).sort());
  });

  test("takes out what is dead-lettered no more, or is so again as a later version", async () => {
    const [kept, retried, again] = [await deadLetter(), await deadLetter(), await deadLetter()];
    await mend();
    const { pool } = testDatabase.db;
    await pool.query(
      "UPDATE payments SET status = 'queued', dead_letter_reason = NULL, next_action_at = now() WHERE id = $1",
      [retried],
    );
    await pool.query("UPDATE payments SET version = 9 WHERE id = $1", [again]);
    expect(await mend()).toBe(2);
    expect(await jobIds()).toEqual([`${kept}-v5`, `${again}-v9`].sort());
  });

  test("leaves a dead letter alone whose outbox row is still on its way", async () => {
    const id = await deadLetter();
    await testDatabase.db.pool.query(
      "INSERT INTO outbox (kind, payment_id, version, dispatch) VALUES ('dead_lettered', $1, 5, 0)",
      [id],
    );
    await mend();
    expect(await jobIds()).toEqual([]);
  });
});
