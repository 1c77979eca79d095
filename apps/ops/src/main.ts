import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connectDatabase } from "@payonce/db";
import { closeServer, createHttpServer } from "@payonce/http";
import {
  connectRedisForPublishing,
  createLogger,
  createRegistry,
  readConfig,
  runService,
  startMetricsServer,
} from "@payonce/service";
import type { Express } from "express";
import { createPasswords } from "./access/passwords.ts";
import { createApp } from "./app.ts";
import { startBulkRunner } from "./bulk-runner.ts";
import { configSchema } from "./config.ts";

const config = readConfig(configSchema);
const logger = createLogger("ops", config.LOG_LEVEL);

await runService(logger, async () => {
  const db = connectDatabase({
    url: config.DATABASE_URL,
    applicationName: "payonce-ops",
    maxConnections: config.DATABASE_POOL_SIZE,
    onConnectionLost: ({ message }) => logger.warn({ reason: message }, "lost a database connection"),
  });
  const registry = createRegistry("ops");
  const redis = connectRedisForPublishing(config.REDIS_URL, logger);
  const metrics = await startMetricsServer(registry, config.HOST, config.METRICS_PORT);
  // The app's own address is part of what it checks, and with port 0 it is not known before.
  let app: Express | undefined;
  const server = createHttpServer((request, response) => app?.(request, response), logger);
  server.listen(config.PORT, config.HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const publicUrl = config.PUBLIC_URL ?? `http://127.0.0.1:${port}`;
  app = createApp({
    db,
    redis,
    prefix: config.REDIS_PREFIX,
    logger,
    registry,
    publicUrl,
    trustProxyHops: config.TRUST_PROXY,
    passwords: createPasswords(),
  });
  const bulkRunner = startBulkRunner(db.pool, logger);
  logger.info({ address: server.address(), publicUrl, metricsPort: metrics.port }, "listening");

  return {
    async close() {
      await closeServer(server);
      await bulkRunner.close();
      redis.disconnect();
      await metrics.close();
      await db.close();
    },
  };
});
