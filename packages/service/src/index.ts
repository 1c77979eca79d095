export { type AddressPolicy, createAddressPolicy, networkList } from "./address-policy.ts";
export {
  databaseUrl,
  readConfig,
  redisPrefix,
  redisUrl,
  serviceConfig,
  waits,
  webhookSecretKeys,
  whole,
} from "./config.ts";
export { crashPoint } from "./crash-point.ts";
export { createLogger, describeError, type Logger } from "./logger.ts";
export { createLoop, type Loop } from "./loop.ts";
export { mendJobData } from "./mend-job-data.ts";
export { createRegistry, startMetricsServer } from "./metrics-server.ts";
export { readVersion } from "./read-version.ts";
export { connectRedisForPublishing, connectRedisForReading, warnIfRedisForgets } from "./redis.ts";
export { runService, type Service } from "./run-service.ts";
