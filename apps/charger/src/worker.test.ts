import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { acceptOne, claimOne, createTestDatabase, insertMerchant, makeDue } from "@payonce/db/testing";
import { chargeJobId, newId } from "@payonce/domain";
import { connectRedisForReading, createLogger } from "@payonce/service";
import { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import { createBreaker } from "./breaker.ts";
import { leaseMsFor } from "./charge-payment.ts";
import { createPaymentWrites } from "./payment-writes.ts";
import { createScriptedProvider, type ScriptedProvider } from "./scripted-provider.ts";
import { startWorker } from "./worker.ts";

const logger = createLogger("test", "silent");
const url = process.env.TEST_REDIS_URL ?? "";
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let redis: Redis;
let prefix: string;
let queue: Queue;
let eventsConnection: Redis;
let events: QueueEvents;
const workers: ReturnType<typeof startWorker>[] = [];

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
  queue = new Queue("charges", { connection: redis, prefix });
  eventsConnection = connectRedisForReading(url, logger);
  events = new QueueEvents("charges", { connection: eventsConnection, prefix });
  await events.waitUntilReady();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.close(5_000);
  await events.close();
  eventsConnection.disconnect();
});

let accountAlarms = 0;

function start(provider: ScriptedProvider, retryWaitsMs: number[] = [30, 30], jobLockMs = 5_000) {
  workers.push(
    startWorker({
      pool: testDatabase.db.pool,
      writes: createPaymentWrites(testDatabase.db.pool, leaseMsFor(1_000)),
      provider,
      breaker: createBreaker({ failuresToOpen: 1_000, openMs: 100, maxOpenMs: 100, now: () => performance.now() }),
      leaseMs: leaseMsFor(1_000),
      retryWaitsMs,
      random: () => 0.5,
      onAccountDiffers: () => {
        accountAlarms += 1;
      },
      redis,
      prefix,
      concurrency: 5,
      jobLockMs,
      logger,
    }),
  );
}
const enqueue = (paymentId: string, name = "charge-payment", dispatch = 0) =>
  queue.add(name, { paymentId, dispatch }, { jobId: `${chargeJobId({ paymentId, dispatch })}-${name}` });
const newPayment = () => acceptOne(testDatabase.db, merchantId);
const read = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT * FROM payments WHERE id = $1", [id])).rows[0];
const notExecuted = { kind: "not_executed", code: "provider_econnrefused" } as const;

describe("a charge job", () => {
  test("charges its payment and says what became of it", async () => {
    const id = await newPayment();
    const provider = createScriptedProvider();
    start(provider);
    expect(await (await enqueue(id)).waitUntilFinished(events)).toBe("succeeded");
    expect(await read(id)).toMatchObject({ status: "succeeded", attempts: 1 });
  });

  test("delivered again, late or under another name charges nothing more", async () => {
    const id = await newPayment();
    const provider = createScriptedProvider();
    start(provider);
    for (const [name, dispatch, outcome] of [
      ["charge-payment", 0, "succeeded"],
      ["charge-payment", 1, "succeeded"],
      ["look-again", 2, "agrees"],
    ] as const)
      expect(await (await enqueue(id, name, dispatch)).waitUntilFinished(events)).toBe(outcome);
    expect(provider.captured.get(`pi_${id}`)).toBe(1);
  });

  test("whose data was destroyed in Redis fails, instead of stalling for ever as if it were alive", async () => {
    const job = await enqueue(await newPayment());
    await redis.hset(queue.toKey(job.id ?? ""), { data: '{"paymentId":' });
    start(createScriptedProvider(), [30], 200);
    await expect(job.waitUntilFinished(events, 30_000)).rejects.toThrow("the job's data is not");
  });

  test("is one of so many at once as are allowed at the moment", async () => {
    let [atWork, most] = [0, 0];
    const provider = createScriptedProvider();
    const { create } = provider;
    provider.create = async (...args) => {
      most = Math.max(most, ++atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
      return create(...args);
    };
    start(provider);
    workers[0]?.allow(1);
    const jobs = await Promise.all((await Promise.all(Array.from({ length: 6 }, newPayment))).map((id) => enqueue(id)));
    await Promise.all(jobs.map((job) => job.waitUntilFinished(events)));
    expect(most).toBe(1);
  });

  test("spends its payment's attempts however many hints there are: hints that came back would take turns for ever", async () => {
    const id = await newPayment();
    const never = Array.from({ length: 1_000 }, () => ({ kind: "unknown", code: "provider_error" }) as const);
    const provider = createScriptedProvider({ confirm: never });
    start(provider, [150, 150]);
    await enqueue(id);
    while ((await read(id)).status !== "unknown") await new Promise((resolve) => setTimeout(resolve, 5));
    const hints = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => enqueue(id, "look-again", n)));
    const outcomes = await Promise.all(hints.map((hint) => hint.waitUntilFinished(events)));
    // Over after its attempt, and not only when the payment is.
    expect(outcomes).toContain("unknown");
    while ((await read(id)).status !== "dead_lettered") await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await read(id)).attempts).toBeLessThanOrEqual(3 + hints.length);
  });

  test("waits as a delayed job between attempts, and comes back by itself", async () => {
    const id = await newPayment();
    const provider = createScriptedProvider({ create: [notExecuted, notExecuted] });
    start(provider);
    const delayed = new Promise((resolve) => events.once("delayed", resolve));
    const job = await enqueue(id);
    await delayed;
    expect(await job.waitUntilFinished(events)).toBe("succeeded");
    expect(await read(id)).toMatchObject({ attempts: 3 });
    const { logs } = await queue.getJobLogs(job.id ?? "");
    expect(logs[0]).toMatch(/^Attempt 1: retry_wait \(provider_econnrefused\); again in \d+ ms$/);
  });

  test("ends as dead_lettered when the attempts are spent, and is not failed for that", async () => {
    const id = await newPayment();
    start(createScriptedProvider({ create: [notExecuted, notExecuted, notExecuted] }));
    expect(await (await enqueue(id)).waitUntilFinished(events)).toBe("dead_lettered");
  });

  test("of a payment that another provider account holds sends nothing and raises the alarm", async () => {
    const id = await newPayment();
    await testDatabase.db.pool.query(
      "UPDATE payments SET provider_account = 'acct_other', provider_api_version = 'x' WHERE id = $1",
      [id],
    );
    const provider = createScriptedProvider();
    start(provider);
    accountAlarms = 0;
    expect(await (await enqueue(id)).waitUntilFinished(events)).toBe("dead_lettered");
    expect(provider.calls).toEqual([]);
    expect(accountAlarms).toBe(3);
  });

  test("whose payment another charger holds comes back when that lease ends", async () => {
    const id = await newPayment();
    await claimOne(testDatabase.db, id, 60_000);
    start(createScriptedProvider());
    const delayed = new Promise<{ delay: number }>((resolve) => events.once("delayed", resolve as never));
    await enqueue(id);
    const until = Number((await delayed).delay);
    expect(until - Date.now()).toBeGreaterThan(30_000);
    expect(await read(id)).toMatchObject({ status: "charging", attempts: 1 });
  });

  test("after a charger died in mid-attempt asks the provider what happened", async () => {
    const id = await newPayment();
    const provider = createScriptedProvider();
    const dead = await claimOne(testDatabase.db, id);
    await provider.create(
      { id, amountMinor: 4200, currency: "eur", paymentMethod: "pm_x", description: null },
      "2026-01-01",
      "key",
    );
    await testDatabase.db.pool.query(
      "UPDATE payments SET provider_object_id = $2, version = version + 1 WHERE id = $1",
      [id, `pi_${id}`],
    );
    await provider.confirm({ id: `pi_${id}`, apiVersion: "2026-01-01" }, "the charger dies before it hears the answer");
    expect(dead).toBeDefined();
    await makeDue(testDatabase.db, id);
    provider.calls.length = 0;
    start(provider);
    expect(await (await enqueue(id)).waitUntilFinished(events)).toBe("succeeded");
    expect(provider.calls).toEqual([`retrieve pi_${id}`]);
    expect(provider.captured.get(`pi_${id}`)).toBe(1);
  });

  test.each([
    ["is not a job's", { hello: "world" }],
    ["names no payment", { paymentId: newId("pay"), dispatch: 0 }],
    ["carries an amount, which is not its to say", { paymentId: newId("pay"), dispatch: 0, amount: 1 }],
  ])("whose data %s fails for good and harms nobody", async (_what, data) => {
    start(createScriptedProvider());
    const job = await queue.add("charge-payment", data);
    await expect(job.waitUntilFinished(events)).rejects.toThrow();
    expect(await job.getState()).toBe("failed");
  });

  test("for one payment handed to many workers at once makes one charge", async () => {
    const id = await newPayment();
    const provider = createScriptedProvider();
    for (let i = 0; i < 4; i++) start(provider);
    const jobs = await Promise.all(
      Array.from({ length: 12 }, (_, dispatch) =>
        enqueue(id, dispatch % 2 ? "look-again" : "charge-payment", dispatch),
      ),
    );
    await jobs[0]?.waitUntilFinished(events);
    expect(provider.captured.get(`pi_${id}`)).toBe(1);
    expect(provider.calls.filter((call) => call.startsWith("confirm"))).toHaveLength(1);
  });
});
