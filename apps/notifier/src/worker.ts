import { WEBHOOKS_QUEUE, type WebhookJob } from "@payonce/domain";
import { describeError, mendJobData } from "@payonce/service";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { deliverJob, type WebhookBullJob } from "./deliver-job.ts";
import { type DeliverOptions, deliverOnce } from "./deliver-once.ts";
import { createEndpointLanes } from "./endpoint-lanes.ts";

export interface WorkerOptions extends DeliverOptions {
  redis: Redis;
  prefix: string;
  /** Deliveries worked on at once, and of these to one endpoint. */
  concurrency: number;
  endpointConcurrency: number;
  /** After this without a sign of life from us, BullMQ hands the job to another. */
  jobLockMs: number;
}

/** Takes jobs from `webhooks`. It starts at once, also while Redis is away. */
export function startWorker(options: WorkerOptions) {
  const { pool, redis, prefix, concurrency, jobLockMs, logger } = options;
  const lanes = createEndpointLanes({
    places: options.endpointConcurrency,
    troubledPlaces: Math.max(1, Math.floor(concurrency / 2)),
    deliver: (deliveryId) => deliverOnce(options, deliveryId),
    onError: (error) => logger.warn({ error: describeError(error) }, "a delivery could not be tried"),
    now: () => performance.now(),
    random: options.random,
  });
  const process = (job: WebhookBullJob, token?: string) => deliverJob({ pool, lanes }, job, token);
  const worker = new Worker<WebhookJob, string>(WEBHOOKS_QUEUE, process, {
    connection: redis,
    prefix,
    concurrency,
    lockDuration: jobLockMs,
    stalledInterval: Math.ceil(jobLockMs / 2),
    // Notifiers that die take jobs with them, however often: attempts are counted in Postgres.
    maxStalledCount: 1_000_000,
  });
  worker.on("failed", (job, error) =>
    logger.warn({ jobId: job?.id, reason: error.name, error: describeError(error) }, "a job failed"),
  );
  worker.on("stalled", (jobId) => {
    logger.warn({ jobId }, "a job had stalled and is tried again");
    // It stalls again where this fails, and is mended then.
    mendJobData(redis, worker.toKey(jobId)).catch(() => {});
  });
  // Connection errors are logged by the connection, once for an outage.
  worker.on("error", (error) => logger.debug({ error: describeError(error) }, "worker error"));
  return {
    /** Takes no more jobs and waits for those in hand, but not for a Redis that is away. */
    async close(limitMs: number) {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
      await Promise.race([Promise.all([worker.close(), lanes.close()]), limit]);
    },
  };
}
