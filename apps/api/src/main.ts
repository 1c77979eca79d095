import { once } from "node:events";
import { connectDatabase } from "@payonce/db";
import { createSecretBox } from "@payonce/db/webhooks";
import { closeServer, createHttpServer } from "@payonce/http";
import {
  connectRedisForPublishing,
  connectRedisForReading,
  createAddressPolicy,
  createLogger,
  createRegistry,
  readConfig,
  runService,
  startMetricsServer,
} from "@payonce/service";
import { createApp } from "./app.ts";
import { configSchema } from "./config.ts";
import { hearKeyChanges } from "./http/hear-key-changes.ts";
import { createRateLimits, RATE_LIMITS } from "./http/rate-limits.ts";
import { createLiveEvents } from "./payments/events/live-events.ts";
import { createPaymentWaiters } from "./payments/payment-waiters.ts";
import { readAnnouncements } from "./payments/read-announcements.ts";

/**
 * Connections that the kernel holds until we come to them (it may allow fewer: `net.core.somaxconn`). With Node's 511 a flood
 * overflows them, and then clients wait in vain for an answer instead of being told 503.
 */
const LISTEN_BACKLOG = 4_096;

const config = readConfig(configSchema);
const logger = createLogger("api", config.LOG_LEVEL);

await runService(logger, async () => {
  const db = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: "payonce-api",
    findsByKey: true,
    maxConnections: config.DATABASE_POOL_SIZE,
    statementTimeoutMs: config.DATABASE_TIMEOUT_MS,
    onConnectionLost: ({ message }) => logger.warn({ reason: message }, "lost a database connection"),
  });
  const registry = createRegistry("api");
  const redis = connectRedisForReading(config.REDIS_URL, logger);
  const announcements = readAnnouncements(redis, config.REDIS_PREFIX);
  const waiters = createPaymentWaiters(announcements, { maxWaiting: config.MAX_WAITING, registry });
  const live = createLiveEvents(db, announcements, {
    maxListeners: config.MAX_EVENT_LISTENERS,
    limits: { heartbeatMs: config.EVENTS_HEARTBEAT_MS, maxAgeMs: config.EVENTS_MAX_AGE_MS },
    registry,
  });
  // Of its own: the other one waits, for news and for Redis.
  const counters = connectRedisForPublishing(config.REDIS_URL, logger);
  const limits = createRateLimits(
    counters,
    {
      ...RATE_LIMITS,
      secretKeyPerSecond: config.RATE_LIMIT_SECRET_KEY,
      publishableKeyPerSecond: config.RATE_LIMIT_PUBLISHABLE_KEY,
      preflightPerSecond: config.RATE_LIMIT_PREFLIGHT,
      failurePerSecond: config.RATE_LIMIT_FAILURE,
    },
    { prefix: config.REDIS_PREFIX, registry },
  );
  const keyChanges = hearKeyChanges(config.DATABASE_URL, logger);
  const metrics = await startMetricsServer(registry, config.HOST, config.METRICS_PORT);
  const app = createApp({
    db,
    waiters,
    live,
    logger,
    registry,
    limits,
    keyChanges,
    trustProxyHops: config.TRUST_PROXY,
    maxRequestsInFlight: config.MAX_REQUESTS_IN_FLIGHT,
    maxPaymentsWaiting: config.MAX_PAYMENTS_WAITING,
    webhookSecrets: config.STRIPE_WEBHOOK_SECRET,
    webhooks: config.WEBHOOK_SECRET_KEY && {
      box: createSecretBox(config.WEBHOOK_SECRET_KEY),
      policy: createAddressPolicy(config.WEBHOOK_ALLOWED_NETWORKS),
    },
  });
  const server = createHttpServer(app, logger);
  server.listen({ port: config.PORT, host: config.HOST, backlog: LISTEN_BACKLOG });
  await once(server, "listening");
  logger.info({ address: server.address(), metricsPort: metrics.port }, "listening");

  return {
    async close() {
      waiters.close();
      live.close();
      announcements.stop();
      await closeServer(server);
      redis.disconnect();
      counters.disconnect();
      await metrics.close();
      await keyChanges.close();
      await db.close();
    },
  };
});
