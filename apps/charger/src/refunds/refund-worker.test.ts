import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createTestDatabase, insertMerchant, refundOne, succeedOne } from "@payonce/db/testing";
import { newId, refundJobId } from "@payonce/domain";
import { connectRedisForReading, createLogger } from "@payonce/service";
import { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import { createBreaker } from "../breaker.ts";
import { leaseMsFor } from "../charge-payment.ts";
import { startRefundWorker } from "./refund-worker.ts";
import { createScriptedRefunds, type ScriptedRefunds } from "./scripted-refunds.ts";

const logger = createLogger("test", "silent");
const url = process.env.TEST_REDIS_URL ?? "";
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let redis: Redis;
let prefix: string;
let queue: Queue;
let eventsConnection: Redis;
let events: QueueEvents;
const workers: ReturnType<typeof startRefundWorker>[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
  redis = connectRedisForReading(url, logger);
});
afterAll(async () => {
  redis.disconnect();
  await testDatabase.drop();
});
beforeEach(async () => {
  prefix = `test-${randomBytes(6).toString("hex")}`;
  queue = new Queue("refunds", { connection: redis, prefix });
  eventsConnection = connectRedisForReading(url, logger);
  events = new QueueEvents("refunds", { connection: eventsConnection, prefix });
  await events.waitUntilReady();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.close(5_000);
  await events.close();
  eventsConnection.disconnect();
});

let accountAlarms = 0;
function start(
  provider: ScriptedRefunds,
  { retryWaitsMs = [30, 30], lookWaitsMs = [30], failuresToOpen = 1_000 } = {},
) {
  workers.push(
    startRefundWorker({
      pool: testDatabase.db.pool,
      provider,
      breaker: createBreaker({ failuresToOpen, openMs: 100, maxOpenMs: 100, now: () => performance.now() }),
      leaseMs: leaseMsFor(1_000),
      quietMs: 600_000,
      retryWaitsMs,
      lookWaitsMs,
      random: () => 0.5,
      onAccountDiffers: () => {
        accountAlarms += 1;
      },
      redis,
      prefix,
      concurrency: 5,
      jobLockMs: 5_000,
      logger,
    }),
  );
}
const enqueue = (refundId: string, name = "refund-payment", dispatch = 0) =>
  queue.add(name, { refundId, dispatch }, { jobId: `${refundJobId({ refundId, dispatch })}-${name}` });
const compare = (paymentId: string) => queue.add("compare-refunds", { paymentId });
const newRefund = () => refundOne(testDatabase.db, merchantId);
const read = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT * FROM refunds WHERE id = $1", [id])).rows[0];
const madeOf = (provider: ScriptedRefunds) => [...provider.made.values()].flat();

describe("a refund job", () => {
  test("refunds, and says what became of it", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds();
    start(provider);
    expect(await (await enqueue(id)).waitUntilFinished(events)).toBe("succeeded");
    expect(await read(id)).toMatchObject({ status: "succeeded", attempts: 1 });
  });

  test("delivered again, late or under another name refunds nothing more", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds();
    start(provider);
    for (const [name, dispatch] of [
      ["refund-payment", 0],
      ["refund-payment", 1],
      ["look-again", 0],
    ] as const)
      await (await enqueue(id, name, dispatch)).waitUntilFinished(events);
    expect(madeOf(provider)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ status: "succeeded", attempts: 1 });
  });

  test("comes back until the outcome is known, and asks once", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["executed_unanswered"], list: ["unanswered"] });
    start(provider);
    expect(await (await enqueue(id)).waitUntilFinished(events)).toBe("succeeded");
    expect(madeOf(provider)).toHaveLength(1);
    expect(await read(id)).toMatchObject({ attempts: 3, tries: 3 });
  });

  test("looks at what the provider has not finished until it has", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ state: "pending" });
    const { listRefunds } = provider;
    let looks = 0;
    provider.listRefunds = (object) => {
      looks += 1;
      if (looks === 3) provider.say(object.id, "succeeded");
      return listRefunds(object);
    };
    start(provider);
    expect(await (await enqueue(id)).waitUntilFinished(events)).toBe("compared");
    expect(await read(id)).toMatchObject({ status: "succeeded", tries: 1 });
    expect(looks).toBe(3);
  });

  test("ends with its refund's attempts, as a dead letter", async () => {
    const id = await newRefund();
    start(createScriptedRefunds({ refund: ["429", "429", "429"] }));
    expect(await (await enqueue(id)).waitUntilFinished(events)).toBe("dead_lettered");
    expect(await read(id)).toMatchObject({ outcome_unknown: false, dead_letter_reason: "attempts_spent" });
  });

  test("whose data is not what it should be fails at once, and so does one about nothing", async () => {
    start(createScriptedRefunds());
    const [odd, none] = await Promise.all([queue.add("refund-payment", { refundId: "x" }), enqueue(newId("ref"))]);
    await expect(odd.waitUntilFinished(events)).rejects.toThrow("not what its name says");
    await expect(none.waitUntilFinished(events)).rejects.toThrow("no such refund");
  });

  test("spends no attempt while the breaker is open", async () => {
    const [first, second] = [await newRefund(), await newRefund()];
    const provider = createScriptedRefunds({ refund: ["unanswered"] });
    start(provider, { failuresToOpen: 1, retryWaitsMs: [100] });
    await (await enqueue(first)).waitUntilFinished(events);
    await (await enqueue(second)).waitUntilFinished(events);
    expect(await read(second)).toMatchObject({ status: "succeeded", attempts: 1 });
  });

  test("of a payment at another account sends nothing, and sounds the alarm", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    await testDatabase.db.pool.query("UPDATE payments SET provider_account = 'acct_other' WHERE id = $1", [paymentId]);
    const id = await refundOne(testDatabase.db, merchantId, { paymentId });
    const provider = createScriptedRefunds();
    accountAlarms = 0;
    start(provider, { retryWaitsMs: [] });
    await (await enqueue(id)).waitUntilFinished(events);
    expect(provider.calls).toEqual([]);
    expect(accountAlarms).toBe(1);
  });
});

describe("a hint", () => {
  test("about an unknown refund finds it before its next try, and spends none", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["executed_unanswered"] });
    start(provider, { retryWaitsMs: [3_600_000] });
    await enqueue(id);
    while ((await read(id)).status !== "unknown") await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await (await enqueue(id, "look-again")).waitUntilFinished(events)).toBe("succeeded");
    expect(await read(id)).toMatchObject({ attempts: 2, tries: 1 });
    expect(madeOf(provider)).toHaveLength(1);
  });

  test("that finds nothing out is over: hints that came back would take turns for ever, and none would spend a try", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered"], list: ["unanswered"] });
    start(provider, { retryWaitsMs: [3_600_000] });
    await enqueue(id);
    while ((await read(id)).status !== "unknown") await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await (await enqueue(id, "look-again")).waitUntilFinished(events, 20_000)).toBe("unknown");
    expect(await read(id)).toMatchObject({ status: "unknown", attempts: 2, tries: 1 });
  });

  test("about one that has succeeded takes it back when the bank has sent it back", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds();
    start(provider);
    await (await enqueue(id)).waitUntilFinished(events);
    const { payment_id: paymentId } = await read(id);
    provider.say(`pi_${paymentId}`, "failed", "lost_or_stolen_card");
    expect(await (await enqueue(id, "look-again")).waitUntilFinished(events)).toBe("compared");
    expect(await read(id)).toMatchObject({ status: "failed" });
  });

  test("about money that went back compares all refunds of the payment", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ state: "pending" });
    start(provider, { lookWaitsMs: [3_600_000] });
    await enqueue(id);
    while ((await read(id)).status !== "pending") await new Promise((resolve) => setTimeout(resolve, 5));
    const { payment_id: paymentId } = await read(id);
    provider.say(`pi_${paymentId}`, "succeeded");
    expect(await (await compare(paymentId)).waitUntilFinished(events)).toBe("compared");
    expect(await read(id)).toMatchObject({ status: "succeeded" });
  });
});
