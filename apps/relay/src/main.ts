import { connectDatabase } from "@payonce/db";
import {
  connectRedisForPublishing,
  createLogger,
  createRegistry,
  readConfig,
  runService,
  startMetricsServer,
} from "@payonce/service";
import { configSchema } from "./config.ts";
import { listenToOutbox } from "./listen-to-outbox.ts";
import { registerMetrics } from "./metrics.ts";
import { createPublisher } from "./publish.ts";
import { createPurge } from "./purge.ts";
import { createRelay } from "./relay.ts";
import { createSweep } from "./sweep.ts";
import { createTableTender } from "./tend-tables.ts";

const config = readConfig(configSchema);
const logger = createLogger("relay", config.LOG_LEVEL);

await runService(logger, async () => {
  const db = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: "payonce-relay",
    maxConnections: 5,
    onConnectionLost: ({ message }) => logger.warn({ reason: message }, "lost a database connection"),
  });
  const batches = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: "payonce-relay",
    findsByKey: true,
    keepsPlans: true,
    maxConnections: 1,
    onConnectionLost: ({ message }) => logger.warn({ reason: message }, "lost a database connection"),
  });
  const redis = connectRedisForPublishing(config.REDIS_URL, logger);
  const publisher = createPublisher(redis, { prefix: config.REDIS_PREFIX, eventsKept: config.EVENTS_KEPT, logger });
  const registry = createRegistry("relay");
  const counters = registerMetrics(registry, db.pool);
  const metrics = await startMetricsServer(registry, config.HOST, config.METRICS_PORT);

  const relay = createRelay({
    pool: batches.pool,
    publish: publisher.publish,
    batchSize: config.RELAY_BATCH_SIZE,
    pollMs: config.RELAY_POLL_MS,
    onPublished: (count) => counters.published.inc(count),
    logger,
  });
  const sweep = createSweep({
    pool: db.pool,
    queues: publisher,
    intervalMs: config.SWEEP_INTERVAL_MS,
    graceMs: config.SWEEP_GRACE_MS,
    reviewWaitsMs: config.REFUND_REVIEW_WAITS_MS,
    onSwept: ({ dispatched }) => counters.dispatchedAgain.inc(dispatched),
    logger,
  });
  const purge = createPurge({
    pool: db.pool,
    providerEventsKeptDays: config.PROVIDER_EVENTS_KEPT_DAYS,
    historyKeptDays: config.HISTORY_KEPT_DAYS,
    onPurged: counters.notePurged,
    logger,
  });
  const tender = createTableTender({ pool: db.pool, logger });
  const listener = listenToOutbox(config.DATABASE_URL, { onNotify: relay.wake, logger });
  relay.start();
  sweep.start();
  purge.start();
  tender.start();
  logger.info({ metricsPort: metrics.port }, "relaying");

  return {
    async close() {
      await Promise.all([tender.stop(), purge.stop(), sweep.stop(), relay.stop(), listener.close()]);
      await publisher.close();
      redis.disconnect();
      await metrics.close();
      await batches.close();
      await db.close();
    },
  };
});
