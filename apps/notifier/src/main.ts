import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { connectDatabase } from "@payonce/db";
import { createSecretBox } from "@payonce/db/webhooks";
import {
  connectRedisForPublishing,
  connectRedisForReading,
  createAddressPolicy,
  createLogger,
  createRegistry,
  readConfig,
  readVersion,
  runService,
  startMetricsServer,
} from "@payonce/service";
import { configSchema } from "./config.ts";
import { createFeed } from "./feed.ts";
import { createDeliveryMaker } from "./make-deliveries.ts";
import { registerMetrics } from "./metrics.ts";
import { createEventReader } from "./read-events.ts";
import { createGuardedAgents } from "./send/guarded-agents.ts";
import { createResolver } from "./send/resolve-host.ts";
import { sendWebhook } from "./send/send-webhook.ts";
import { createSweep } from "./sweep.ts";
import { createWebhookQueue } from "./webhook-queue.ts";
import { startWorker } from "./worker.ts";

const config = readConfig(configSchema);
const logger = createLogger("notifier", config.LOG_LEVEL);
const { REDIS_URL, REDIS_PREFIX: prefix, WEBHOOK_TIMEOUT_MS: timeoutMs } = config;
/** What the claim, the settle and a busy machine may take besides sending. */
const LEASE_MARGIN_MS = 5_000;
const DAY_MS = 86_400_000;

await runService(
  logger,
  async () => {
    const db = connectDatabase({
      url: config.DATABASE_URL,
      applicationName: "payonce-notifier",
      findsByKey: true,
      maxConnections: config.DATABASE_POOL_SIZE,
      onConnectionLost: ({ message }) => logger.warn({ reason: message }, "lost a database connection"),
    });
    const { pool } = db;
    const feeding = connectRedisForPublishing(REDIS_URL, logger);
    const reading = connectRedisForReading(REDIS_URL, logger);
    const working = connectRedisForReading(REDIS_URL, logger);
    const registry = createRegistry("notifier");
    const counters = registerMetrics(registry, pool);
    const metrics = await startMetricsServer(registry, config.HOST, config.METRICS_PORT);

    const agents = createGuardedAgents(createAddressPolicy(config.WEBHOOK_ALLOWED_NETWORKS), createResolver());
    const queue = createWebhookQueue(feeding, prefix);
    const maker = createDeliveryMaker(pool, queue, logger);
    const reader = createEventReader({
      redis: reading,
      prefix,
      consumer: `${hostname()}-${process.pid}-${randomUUID()}`,
      abandonedAfterMs: config.JOB_LOCK_MS,
      handle: maker.ofPayments,
      logger,
    });
    const feed = createFeed({ pool, maker, queue, pollMs: config.WEBHOOK_POLL_MS, logger });
    const sweep = createSweep({
      pool,
      queue,
      intervalMs: config.SWEEP_INTERVAL_MS,
      graceMs: config.SWEEP_GRACE_MS,
      keptMs: config.WEBHOOK_KEPT_DAYS * DAY_MS,
      now: Date.now,
      onSwept: ({ dispatched }) => counters.dispatchedAgain.inc(dispatched),
      logger,
    });
    const worker = startWorker({
      pool,
      send: (request) => sendWebhook(request, { agents, timeoutMs }),
      box: createSecretBox(config.WEBHOOK_SECRET_KEY),
      retryWaitsMs: config.WEBHOOK_RETRY_WAITS_MS,
      leaseMs: timeoutMs + LEASE_MARGIN_MS,
      disableAfterMs: config.WEBHOOK_DISABLE_AFTER_MS,
      userAgent: `Payonce/${readVersion(import.meta.url)}`,
      now: Date.now,
      random: Math.random,
      onAttempt: counters.observeAttempt,
      onDeadLetter: () => counters.deadLetters.inc(),
      onDisabled: (reason) => counters.disabled.inc({ reason }),
      redis: working,
      prefix,
      concurrency: config.WEBHOOK_CONCURRENCY,
      endpointConcurrency: config.WEBHOOK_ENDPOINT_CONCURRENCY,
      jobLockMs: config.JOB_LOCK_MS,
      logger,
    });
    reader.start();
    feed.start();
    sweep.start();
    logger.info({ metricsPort: metrics.port }, "notifying");

    return {
      async close() {
        // What is being sent is finished, so that it need not be sent again.
        await Promise.all([reader.stop(), feed.stop(), sweep.stop(), worker.close(timeoutMs + LEASE_MARGIN_MS)]);
        await queue.close();
        agents.close();
        for (const redis of [feeding, reading, working]) redis.disconnect();
        await metrics.close();
        await db.close();
      },
    };
  },
  timeoutMs + LEASE_MARGIN_MS + 2_000,
);
