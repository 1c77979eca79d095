import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { settleAttempts } from "@payonce/db";
import {
  acceptOne,
  claimOne,
  createTestDatabase,
  insertMerchant,
  insertWebhookEndpoint,
  settleRequest,
  TEST_SECRET_BOX,
} from "@payonce/db/testing";
import { connectRedisForPublishing, connectRedisForReading, createAddressPolicy, createLogger } from "@payonce/service";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { createFeed } from "./feed.ts";
import { createDeliveryMaker } from "./make-deliveries.ts";
import { createGuardedAgents } from "./send/guarded-agents.ts";
import { createResolver } from "./send/resolve-host.ts";
import { sendWebhook } from "./send/send-webhook.ts";
import { createSweep } from "./sweep.ts";
import { createWebhookQueue } from "./webhook-queue.ts";
import { startWorker } from "./worker.ts";

export const logger = createLogger("test", "silent");
const DAY_MS = 86_400_000;
/** So few that what a test does takes several. */
export const BATCH_SIZE = 50;

export interface NotifierOptions {
  retryWaitsMs?: number[];
  timeoutMs?: number;
  leaseMs?: number;
  disableAfterMs?: number;
  concurrency?: number;
  places?: number;
}

/** The parts of a notifier over a database and Redis keys of a test's own. Nothing runs by itself but started workers. */
export async function createTestNotifier() {
  const testDatabase = await createTestDatabase();
  const { db } = testDatabase;
  const prefix = `test-${randomBytes(6).toString("hex")}`;
  const url = process.env.TEST_REDIS_URL ?? "";
  const redis = connectRedisForPublishing(url, logger);
  await new Promise((resolve) => redis.once("ready", resolve));
  const working: Redis[] = [];
  const workers: ReturnType<typeof startWorker>[] = [];
  const agents = createGuardedAgents(createAddressPolicy(["127.0.0.0/8"]), createResolver());
  const queue = createWebhookQueue(redis, prefix);
  const maker = createDeliveryMaker(db.pool, queue, logger);
  const disabled: string[] = [];

  return {
    db,
    redis,
    prefix,
    queue,
    maker,
    jobs: new Queue("webhooks", { connection: redis, prefix }),
    feed: createFeed({ pool: db.pool, maker, queue, pollMs: 1, batchSize: BATCH_SIZE, logger }),
    sweep: createSweep({
      pool: db.pool,
      queue,
      intervalMs: 1,
      graceMs: 0,
      keptMs: 90 * DAY_MS,
      now: Date.now,
      pageSize: BATCH_SIZE,
      logger,
    }),
    /** Reasons for which endpoints were disabled. */
    disabled,
    /** A merchant of its own, with an endpoint. */
    async merchantWith(endpointUrl: string, events?: string[]) {
      const merchantId = await insertMerchant(db);
      const { id } = await insertWebhookEndpoint(db, merchantId, { url: endpointUrl, ...(events && { events }) });
      return { merchantId, endpointId: id };
    },
    /** A payment that has ended, as the charger does it. */
    async succeeded(merchantId: string): Promise<string> {
      const id = await acceptOne(db, merchantId);
      const claim = await claimOne(db, id);
      if (!claim) throw new Error("expected a claim");
      await db.pool.query("UPDATE payments SET provider_object_id = $2 WHERE id = $1", [id, `pi_${id}`]);
      await settleAttempts(db.pool, [
        settleRequest(claim, {
          status: "succeeded",
          outcome: "succeeded",
          waitMs: null,
          failureCode: null,
          code: null,
        }),
      ]);
      return id;
    },
    startWorker(options: NotifierOptions = {}) {
      const connection = connectRedisForReading(url, logger);
      working.push(connection);
      const { timeoutMs = 2_000, places = 10 } = options;
      const worker = startWorker({
        pool: db.pool,
        send: (request) => sendWebhook(request, { agents, timeoutMs }),
        box: TEST_SECRET_BOX,
        retryWaitsMs: options.retryWaitsMs ?? [30, 30],
        leaseMs: options.leaseMs ?? timeoutMs + 5_000,
        disableAfterMs: options.disableAfterMs ?? 5 * DAY_MS,
        userAgent: "Payonce/test",
        now: Date.now,
        random: () => 0.5,
        onDisabled: (reason) => disabled.push(reason),
        redis: connection,
        prefix,
        concurrency: options.concurrency ?? 20,
        endpointConcurrency: places,
        jobLockMs: 5_000,
        logger,
      });
      workers.push(worker);
      return worker;
    },
    deliveries: async () =>
      (await db.pool.query("SELECT * FROM webhook_deliveries ORDER BY id")).rows as Record<string, unknown>[],
    async stopWorkers() {
      for (const worker of workers.splice(0)) await worker.close(5_000);
      for (const connection of working.splice(0)) connection.disconnect();
    },
    async stop() {
      await this.stopWorkers();
      agents.close();
      redis.disconnect();
      await testDatabase.drop();
    },
  };
}
export type TestNotifier = Awaited<ReturnType<typeof createTestNotifier>>;

/** Waits for a condition that comes about soon, instead of guessing when. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen within ${withinMs} ms: ${condition}`);
    await delay(5);
  }
}
