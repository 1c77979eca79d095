import { describeError, type Logger, mendJobData } from "@payonce/service";
import { type Job, MetricsTime, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { BreakerState } from "./breaker.ts";

export interface QueueWorkerOptions {
  redis: Redis;
  prefix: string;
  /** Jobs worked on at once. */
  concurrency: number;
  /** After this without a sign of life from us, BullMQ hands the job to another. */
  jobLockMs: number;
  logger: Logger;
}

/** Takes jobs from a queue. It starts at once, also while Redis is away. */
export function startQueueWorker<Data, Name extends string>(
  queue: string,
  process: (job: Job<Data, unknown, Name>, token: string | undefined) => Promise<unknown>,
  { redis, prefix, concurrency, jobLockMs, logger }: QueueWorkerOptions,
) {
  const worker = new Worker<Data, unknown, Name>(queue, process, {
    // Without `skipVersionCheck`: not knowing the version, BullMQ would wake for delayed jobs only every second.
    connection: redis,
    prefix,
    concurrency,
    lockDuration: jobLockMs,
    stalledInterval: Math.ceil(jobLockMs / 2),
    // Chargers that die take jobs with them, however often: what a crash costs is counted in Postgres.
    maxStalledCount: 1_000_000,
    // Jobs that ended, minute by minute: the console draws them.
    metrics: { maxDataPoints: MetricsTime.ONE_WEEK },
  });
  worker.on("failed", (job, error) =>
    logger.warn({ queue, jobId: job?.id, reason: error.name, error: describeError(error) }, "a job failed"),
  );
  worker.on("stalled", (jobId) => {
    logger.warn({ queue, jobId }, "a job had stalled and is tried again");
    // It stalls again where this fails, and is mended then.
    mendJobData(redis, worker.toKey(jobId)).catch(() => {});
  });
  // Connection errors are logged by the connection, once for an outage.
  worker.on("error", (error) => logger.debug({ queue, error: describeError(error) }, "worker error"));
  let probeTimer: NodeJS.Timeout | undefined;
  let [allowed, breaker]: [number, BreakerState] = [concurrency, "closed"];
  const adjust = () => {
    worker.concurrency = breaker === "closed" ? allowed : 1;
  };
  return {
    /** Leaves jobs where they are while the breaker is open, and takes one at a time while it probes. */
    obey(state: BreakerState, openForMs: number) {
      breaker = state;
      adjust();
      if (state !== "open") return;
      void worker.pause(true);
      clearTimeout(probeTimer);
      probeTimer = setTimeout(() => worker.resume(), openForMs);
    },
    /** Works on so many jobs at once from now on; those in hand go on. */
    allow(jobs: number) {
      allowed = jobs;
      adjust();
    },
    /** Takes no more jobs and waits for those in hand, but not for a Redis that is away. */
    async close(limitMs: number) {
      clearTimeout(probeTimer);
      const closed = worker.close();
      const limit = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref());
      await Promise.race([closed, limit]);
    },
  };
}
