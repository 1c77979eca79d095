import { DEFAULT_WEBHOOK_RETRY_WAITS_MS } from "@payonce/domain";
import {
  databaseUrl,
  networkList,
  redisPrefix,
  redisUrl,
  serviceConfig,
  waits,
  webhookSecretKeys,
  whole,
} from "@payonce/service";
import { z } from "zod";

export const configSchema = z.object({
  ...serviceConfig,
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  REDIS_PREFIX: redisPrefix,
  /** Opens the endpoints' signing secrets; as the API has it. */
  WEBHOOK_SECRET_KEY: webhookSecretKeys,
  /** Networks that may be delivered to although they are not public. */
  WEBHOOK_ALLOWED_NETWORKS: networkList.default([]),
  /** Deadline of one attempt, from looking the name up to the last byte read. */
  WEBHOOK_TIMEOUT_MS: whole(100, 60_000).default(10_000),
  /** Waits between attempts; one attempt more than there are waits is made. */
  WEBHOOK_RETRY_WAITS_MS: waits(DEFAULT_WEBHOOK_RETRY_WAITS_MS),
  /** An endpoint to which nothing has got through for so long is disabled. */
  WEBHOOK_DISABLE_AFTER_MS: whole(1_000, 31_536_000_000).default(432_000_000),
  /** Deliveries worked on at once, and of these to one endpoint. */
  WEBHOOK_CONCURRENCY: whole(1, 2_000).default(100),
  WEBHOOK_ENDPOINT_CONCURRENCY: whole(1, 1_000).default(10),
  /** How often to look for what the stream did not bring. */
  WEBHOOK_POLL_MS: whole(10, 60_000).default(1_000),
  SWEEP_INTERVAL_MS: whole(100, 3_600_000).default(30_000),
  /** How long after its time a delivery counts as overdue. */
  SWEEP_GRACE_MS: whole(0, 3_600_000).default(60_000),
  /** How long deliveries that ended are kept. */
  WEBHOOK_KEPT_DAYS: whole(1, 3_650).default(90),
  DATABASE_POOL_SIZE: whole(1, 500).default(10),
  /** After this without a sign of life, BullMQ hands a job to another notifier, and announcements are taken over. */
  JOB_LOCK_MS: whole(1_000, 600_000).default(30_000),
});
