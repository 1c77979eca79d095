import type { OutboxRow } from "@payonce/db";
import {
  type CompareRefundsJob,
  REFUND_DEAD_LETTER_QUEUE,
  REFUNDS_QUEUE,
  type RefundDeadLetterJob,
  type RefundJob,
  type RefundJobName,
  refundDeadLetterJobId,
  refundDeadLetterJobSchema,
  refundJobId,
} from "@payonce/domain";
import { type JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { findLostJobs } from "../find-lost-jobs.ts";
import { JOB_OPTIONS } from "../job-options.ts";
import { withDeadline } from "../with-deadline.ts";

/** The refunds' queues in BullMQ: the same as the charges' in everything but their name. */
export function createRefundQueues(redis: Redis, { prefix, deadlineMs }: { prefix: string; deadlineMs: number }) {
  const options = { connection: redis, prefix, skipVersionCheck: true };
  const refunds = new Queue<RefundJob | CompareRefundsJob, unknown, RefundJobName>(REFUNDS_QUEUE, options);
  const deadLetters = new Queue<RefundDeadLetterJob>(REFUND_DEAD_LETTER_QUEUE, options);
  for (const queue of [refunds, deadLetters]) queue.on("error", () => {}); // the connection itself logs

  return {
    /** Makes the jobs that outbox rows about refunds ask for; rows about anything else are left alone. */
    async publish(rows: readonly OutboxRow[]): Promise<void> {
      const jobs = rows.flatMap(toRefundJob);
      const dead = rows.flatMap(toDeadLetter);
      if (jobs.length > 0) await refunds.addBulk(jobs);
      if (dead.length > 0) await deadLetters.addBulk(dead.map(toDeadLetterJob));
    },
    /** The ids of those jobs that BullMQ does not have any more or has finished with. */
    findLostJobs: (jobs: readonly RefundJob[]) => findLostJobs(redis, refunds, jobs.map(refundJobId), deadlineMs),
    async addDeadLetters(letters: readonly RefundDeadLetterJob[]): Promise<void> {
      await withDeadline(deadLetters.addBulk(letters.map(toDeadLetterJob)), deadlineMs);
    },
    async listDeadLetters(start: number, count: number): Promise<RefundDeadLetterJob[]> {
      const jobs = await withDeadline(deadLetters.getJobs(["waiting"], start, start + count - 1, true), deadlineMs);
      return jobs.flatMap((job) => refundDeadLetterJobSchema.safeParse(job?.data).data ?? []);
    },
    async removeDeadLetters(letters: readonly RefundDeadLetterJob[]): Promise<void> {
      const removals = letters.map((letter) => deadLetters.remove(refundDeadLetterJobId(letter)));
      await withDeadline(Promise.all(removals), deadlineMs);
    },
    async setPaused(isPaused: boolean): Promise<void> {
      if ((await withDeadline(refunds.isPaused(), deadlineMs)) === isPaused) return;
      await withDeadline(isPaused ? refunds.pause() : refunds.resume(), deadlineMs);
    },
    async close(): Promise<void> {
      await Promise.allSettled([refunds.close(), deadLetters.close()]);
    },
  };
}

export type RefundQueues = ReturnType<typeof createRefundQueues>;

interface RefundJobToAdd {
  name: RefundJobName;
  data: RefundJob | CompareRefundsJob;
  opts: JobsOptions;
}

function toRefundJob({ kind, id, paymentId, refundId, dispatch }: OutboxRow): RefundJobToAdd[] {
  if (kind === "refunds_compare") {
    const opts = { ...JOB_OPTIONS, jobId: `${paymentId}-compare-${id}` };
    return [{ name: "compare-refunds", data: { paymentId }, opts }];
  }
  if (refundId === null || (kind !== "refund_dispatch" && kind !== "refund_look")) return [];
  const data: RefundJob = { refundId, dispatch };
  return kind === "refund_dispatch"
    ? [{ name: "refund-payment", data, opts: { ...JOB_OPTIONS, jobId: refundJobId(data) } }]
    : [{ name: "look-again", data, opts: { ...JOB_OPTIONS, jobId: `${refundId}-look-${id}` } }];
}

function toDeadLetter({ kind, refundId, version }: OutboxRow): RefundDeadLetterJob[] {
  return kind === "refund_dead_lettered" && refundId !== null ? [{ refundId, version }] : [];
}

function toDeadLetterJob(data: RefundDeadLetterJob) {
  return { name: "dead-letter", data, opts: { jobId: refundDeadLetterJobId(data) } };
}
