import { WEBHOOKS_QUEUE, type WebhookJob } from "@payonce/domain";
import { describeError } from "@payonce/service";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { type DeliverOptions, deliverJob } from "./deliver-job.ts";

export interface WorkerOptions extends DeliverOptions {
  redis: Redis;
  prefix: string;
  concurrency: number;
  /** After this without a sign of life from us, BullMQ hands the job to another. */
  jobLockMs: number;
}

/** Takes jobs from `webhooks`. It starts at once, also while Redis is away. */
export function startWorker(options: WorkerOptions) {
  const { redis, prefix, concurrency, jobLockMs, logger } = options;
  const worker = new Worker<WebhookJob, string>(WEBHOOKS_QUEUE, (job, token) => deliverJob(options, job, token), {
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
  worker.on("stalled", (jobId) => logger.warn({ jobId }, "a job had stalled and is tried again"));
  // Connection errors are logged by the connection, once for an outage.
  worker.on("error", (error) => logger.debug({ error: describeError(error) }, "worker error"));
  return {
    /** Takes no more jobs and waits for those in hand, but not for a Redis that is away. */
    async close(limitMs: number) {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
      await Promise.race([worker.close(), limit]);
    },
  };
}
