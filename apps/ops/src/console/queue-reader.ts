import {
  CHARGES_QUEUE,
  chargeJobId,
  DEAD_LETTER_QUEUE,
  deadLetterJobId,
  PayonceError,
  REFUND_DEAD_LETTER_QUEUE,
  REFUNDS_QUEUE,
  refundDeadLetterJobId,
  refundJobId,
  WEBHOOKS_QUEUE,
} from "@payonce/domain";
import { type Job, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { askRedis } from "../dashboard/ask-redis.ts";
import { type MinuteCounts, toMinutes } from "./overview/to-minutes.ts";

/** A page waits for Redis no longer than this. */
const DEADLINE_MS = 700;
const COUNTED_STATES = ["waiting", "active", "delayed", "prioritized", "completed", "failed"] as const;

export interface QueueCounts {
  name: string;
  /** What BullMQ's own pause says, which follows ours within seconds. */
  isPaused: boolean;
  counts: Partial<Record<string, number>>;
}

/** Jobs that ended, minute by minute, the oldest first. */
export interface Throughput {
  completed: MinuteCounts[];
  failed: MinuteCounts[];
}

/** A job of a payment, as BullMQ has it. */
export interface PaymentJob {
  queue: string;
  jobId: string;
  /** BullMQ's word, such as `delayed`; null when it has no such job. */
  state: string | null;
  addedAt: Date | null;
  finishedAt: Date | null;
}

/** What tells a payment's, or a refund's, jobs. */
interface Woken {
  id: string;
  dispatch: number;
  version: number;
  isDead: boolean;
}

export type QueueReader = ReturnType<typeof createQueueReader>;

/** Reads BullMQ's queues for pages. Each answer is null while Redis is away or slow: the page says so and shows the rest. */
export function createQueueReader({ redis, prefix }: { redis: Redis; prefix: string }) {
  const open = (name: string) => {
    const queue = new Queue(name, { connection: redis, prefix, skipMetasUpdate: true, skipVersionCheck: true });
    queue.on("error", () => {}); // the connection itself logs
    return queue;
  };
  const [charges, deadLetters] = [open(CHARGES_QUEUE), open(DEAD_LETTER_QUEUE)];
  const [refunds, refundDeadLetters] = [open(REFUNDS_QUEUE), open(REFUND_DEAD_LETTER_QUEUE)];
  const all = [charges, deadLetters, refunds, refundDeadLetters, open(WEBHOOKS_QUEUE)];

  return {
    readCounts: () => unlessAway(redis, () => Promise.all(all.map((queue) => countJobs(queue)))),
    /** @param minutes how far back, up to the minute before this one */
    readThroughput: (minutes: number) =>
      unlessAway(redis, async (): Promise<Throughput> => {
        const [completed, failed] = await Promise.all([
          charges.getMetrics("completed", 0, minutes - 1),
          charges.getMetrics("failed", 0, minutes - 1),
        ]);
        const now = new Date();
        return { completed: toMinutes(completed, minutes, now), failed: toMinutes(failed, minutes, now) };
      }),
    /** The jobs that wake the charger for a payment and its refunds, and those of the dead letters while there are any. */
    readJobs: (payment: Woken, woken: readonly Woken[]) =>
      unlessAway(redis, () => {
        const paymentId = payment.id;
        const ids: [Queue, string][] = [[charges, chargeJobId({ paymentId, dispatch: payment.dispatch })]];
        if (payment.isDead) ids.push([deadLetters, deadLetterJobId({ paymentId, version: payment.version })]);
        for (const { id: refundId, dispatch, version, isDead } of woken)
          ids.push(
            isDead
              ? [refundDeadLetters, refundDeadLetterJobId({ refundId, version })]
              : [refunds, refundJobId({ refundId, dispatch })],
          );
        return Promise.all(ids.map(([queue, jobId]) => readJob(queue, jobId)));
      }),
  };
}

async function countJobs(queue: Queue): Promise<QueueCounts> {
  const [counts, isPaused] = await Promise.all([queue.getJobCounts(...COUNTED_STATES), queue.isPaused()]);
  return { name: queue.name, isPaused, counts };
}

async function readJob(queue: Queue, jobId: string): Promise<PaymentJob> {
  const job: Job | undefined = await queue.getJob(jobId);
  const found = { queue: queue.name, jobId };
  if (!job) return { ...found, state: null, addedAt: null, finishedAt: null };
  const state = await job.getState();
  return {
    ...found,
    state,
    addedAt: new Date(job.timestamp),
    finishedAt: job.finishedOn === undefined ? null : new Date(job.finishedOn),
  };
}

async function unlessAway<T>(redis: Redis, work: () => Promise<T>): Promise<T | null> {
  try {
    return await askRedis(redis, work, DEADLINE_MS);
  } catch (error) {
    if (error instanceof PayonceError) return null;
    throw error;
  }
}
