import { once } from "node:events";
import { connectDatabase } from "@payonce/db";
import { closeServer, createHttpServer } from "@payonce/http";
import {
  connectRedisForReading,
  createLogger,
  createRegistry,
  readConfig,
  runService,
  startMetricsServer,
} from "@payonce/service";
import { createApp } from "./app.ts";
import { configSchema } from "./config.ts";
import { createPaymentWaiters } from "./payments/payment-waiters.ts";

const config = readConfig(configSchema);
const logger = createLogger("api", config.LOG_LEVEL);

await runService(logger, async () => {
  const db = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: "payonce-api",
    maxConnections: config.DATABASE_POOL_SIZE,
    statementTimeoutMs: config.DATABASE_TIMEOUT_MS,
    onConnectionLost: ({ message }) => logger.warn({ reason: message }, "lost a database connection"),
  });
  const registry = createRegistry("api");
  const redis = connectRedisForReading(config.REDIS_URL, logger);
  const waiters = createPaymentWaiters(redis, {
    prefix: config.REDIS_PREFIX,
    maxWaiting: config.MAX_WAITING,
    registry,
  });
  const metrics = await startMetricsServer(registry, config.HOST, config.METRICS_PORT);
  const app = createApp({
    db,
    waiters,
    logger,
    registry,
    maxRequestsInFlight: config.MAX_REQUESTS_IN_FLIGHT,
    webhookSecrets: config.STRIPE_WEBHOOK_SECRET,
  });
  const server = createHttpServer(app, logger);
  server.listen(config.PORT, config.HOST);
  await once(server, "listening");
  logger.info({ address: server.address(), metricsPort: metrics.port }, "listening");

  return {
    async close() {
      waiters.close();
      await closeServer(server);
      redis.disconnect();
      await metrics.close();
      await db.close();
    },
  };
});
