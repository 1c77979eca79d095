import type { OutboxRow } from "@payonce/db";
import {
  CHARGES_QUEUE,
  type ChargeJob,
  type ChargeJobName,
  chargeJobId,
  DEAD_LETTER_QUEUE,
  type DeadLetterJob,
  deadLetterJobId,
  deadLetterJobSchema,
  PAYMENT_EVENTS_STREAM,
} from "@payonce/domain";
import type { Logger } from "@payonce/service";
import { type JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import { announce } from "./announce.ts";
import { findLostJobs } from "./find-lost-jobs.ts";
import { JOB_OPTIONS } from "./job-options.ts";
import { createRefundQueues } from "./refunds/refund-queues.ts";
import { withDeadline } from "./with-deadline.ts";

export interface PublisherOptions {
  prefix: string;
  /** Roughly how many events the stream keeps. */
  eventsKept: number;
  logger: Logger;
  /** After this the batch is given up and tried again later: its rows must not stay locked. */
  deadlineMs?: number;
}

/** Rows that make jobs and are nobody's news; what there is to tell of them is an `event` beside them. */
const UNANNOUNCED: ReadonlySet<OutboxRow["kind"]> = new Set([
  "dispatch",
  "look_again",
  "refund_dispatch",
  "refund_look",
  "refund_dead_lettered",
  "refunds_compare",
]);

/** Puts outbox rows where they belong: jobs into BullMQ, events into the Redis stream. */
export function createPublisher(redis: Redis, { prefix, eventsKept, logger, deadlineMs = 5_000 }: PublisherOptions) {
  const options = { connection: redis, prefix, skipVersionCheck: true };
  const charges = new Queue<ChargeJob, unknown, ChargeJobName>(CHARGES_QUEUE, options);
  const deadLetters = new Queue<DeadLetterJob>(DEAD_LETTER_QUEUE, options);
  const refunds = createRefundQueues(redis, { prefix, deadlineMs });
  for (const queue of [charges, deadLetters]) queue.on("error", () => {}); // the connection itself logs

  const publishAll = async (rows: readonly OutboxRow[]) => {
    const jobs = rows.flatMap(toChargeJob);
    const dead = rows.filter(({ kind }) => kind === "dead_lettered").map(toDeadLetterJob);
    const announced = rows.filter(({ kind }) => !UNANNOUNCED.has(kind));
    // Side by side on one connection: Redis reads the next while the answer to the one before is on its way.
    const published = await Promise.allSettled([
      jobs.length > 0 && charges.addBulk(jobs),
      dead.length > 0 && deadLetters.addBulk(dead),
      refunds.publish(rows),
      announced.length > 0 && announce(redis, `${prefix}:${PAYMENT_EVENTS_STREAM}`, eventsKept, announced),
    ]);
    const failure = published.find((one) => one.status === "rejected");
    if (failure) throw failure.reason;
  };

  /** One row that BullMQ or Redis refuses would fail its whole batch: alone, each answers for itself. */
  const publishOneByOne = async (rows: readonly OutboxRow[]) => {
    const failed = new Set<string>();
    for (const row of rows) {
      try {
        await publishAll([row]);
      } catch (error) {
        if (redis.status !== "ready") throw error;
        logger.warn({ outboxId: row.id, kind: row.kind, paymentId: row.paymentId }, "cannot publish this outbox row");
        failed.add(row.id);
      }
    }
    return failed;
  };

  return {
    /** @returns the ids of rows that cannot be published; throws when Redis is away or too slow */
    async publish(rows: readonly OutboxRow[]): Promise<ReadonlySet<string>> {
      // BullMQ would wait for the connection, with the rows locked.
      if (redis.status !== "ready") throw new Error("Redis is away");
      const publishing = publishAll(rows).then(
        () => new Set<string>(),
        (error) => {
          if (redis.status !== "ready" || isRefusedByServer(error)) throw error;
          return publishOneByOne(rows);
        },
      );
      return withDeadline(publishing, deadlineMs);
    },
    /** For the sweep of the refunds. */
    refunds,
    /** The ids of those jobs that BullMQ does not have any more or has finished with. */
    findLostJobs: (jobs: readonly ChargeJob[]) => findLostJobs(redis, charges, jobs.map(chargeJobId), deadlineMs),
    /** Makes the dead-letter jobs that are missing; those that are there stay as they are. */
    async addDeadLetters(letters: readonly DeadLetterJob[]): Promise<void> {
      await withDeadline(deadLetters.addBulk(letters.map(toDeadLetterJob)), deadlineMs);
    },
    /** A page of the dead-letter queue, oldest first; `start` counts jobs. */
    async listDeadLetters(start: number, count: number): Promise<DeadLetterJob[]> {
      const jobs = await withDeadline(deadLetters.getJobs(["waiting"], start, start + count - 1, true), deadlineMs);
      return jobs.flatMap((job) => deadLetterJobSchema.safeParse(job?.data).data ?? []);
    },
    async removeDeadLetters(letters: readonly DeadLetterJob[]): Promise<void> {
      await withDeadline(Promise.all(letters.map((letter) => deadLetters.remove(deadLetterJobId(letter)))), deadlineMs);
    },
    /** Has BullMQ show, and chargers obey at once, what Postgres says about an operator's pause. */
    async setPaused(isPaused: boolean): Promise<void> {
      if ((await withDeadline(charges.isPaused(), deadlineMs)) === isPaused) return;
      await withDeadline(isPaused ? charges.pause() : charges.resume(), deadlineMs);
    },
    async close() {
      await Promise.race([Promise.allSettled([charges.close(), deadLetters.close(), refunds.close()]), sleep(1_000)]);
    },
  };
}

function toChargeJob({ kind, paymentId, dispatch, id }: OutboxRow): ChargeJobToAdd[] {
  const data: ChargeJob = { paymentId, dispatch };
  switch (kind) {
    case "accepted":
    case "dispatch":
      return [{ name: "charge-payment", data, opts: { ...JOB_OPTIONS, jobId: chargeJobId(data) } }];
    case "look_again":
      return [{ name: "look-again", data, opts: { ...JOB_OPTIONS, jobId: `${paymentId}-look-${id}` } }];
    default:
      return [];
  }
}

interface ChargeJobToAdd {
  name: ChargeJobName;
  data: ChargeJob;
  opts: JobsOptions;
}

function toDeadLetterJob({ paymentId, version }: DeadLetterJob) {
  const data: DeadLetterJob = { paymentId, version };
  return { name: "dead-letter", data, opts: { jobId: deadLetterJobId(data) } };
}

/** Redis says no to every write: memory is full, it is loading, or it is a replica. No row is at fault. */
function isRefusedByServer(error: unknown): boolean {
  return /^(OOM|LOADING|READONLY|MISCONF|MASTERDOWN|NOREPLICAS|NOAUTH|NOPERM)/.test((error as Error).message);
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
