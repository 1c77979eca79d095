import { CHARGES_QUEUE, chargeJobId, DEAD_LETTER_QUEUE, deadLetterJobId, newId } from "@payonce/domain";
import { connectRedisForReading, createLogger } from "@payonce/service";
import { type Job, Queue, UnrecoverableError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { until } from "../test-ops.ts";

/** What a failed job may say in a test, with a stack trace that BullMQ keeps. */
export const FAILURE = "the database went away";

/**
 * Puts real jobs into the queues of a prefix: one completed, one failed, one waiting, one delayed, one dead letter. No worker
 * is left.
 *
 * @param failure thrown by the failed job
 */
export async function fillQueues(prefix: string, failure: Error = new UnrecoverableError(FAILURE)) {
  const connection = connectRedisForReading(process.env.TEST_REDIS_URL ?? "", createLogger("redis", "silent"));
  const charges = new Queue(CHARGES_QUEUE, { connection, prefix });
  const deadLetters = new Queue(DEAD_LETTER_QUEUE, { connection, prefix });
  const add = async (options: object = {}) => {
    const data = { paymentId: newId("pay"), dispatch: 0 };
    await charges.add("charge-payment", data, { attempts: 1, jobId: chargeJobId(data), ...options });
    return { ...data, id: chargeJobId(data) };
  };
  const completed = await add();
  const failed = await add();
  const work = async (job: Job) => {
    await job.log(`Attempt 1 of ${job.id}`);
    if (job.id === failed.id) throw failure;
    return "succeeded";
  };
  const blocking = connection.duplicate();
  const worker = new Worker(CHARGES_QUEUE, work, { connection: blocking, prefix });
  await until(async () => {
    const counts = await charges.getJobCounts("completed", "failed");
    return counts.completed === 1 && counts.failed === 1;
  });
  await worker.close();
  blocking.disconnect();
  const waiting = await add();
  const delayed = await add({ delay: 3_600_000 });
  const dead = { paymentId: newId("pay"), version: 7 };
  await deadLetters.add("dead-letter", dead, { jobId: deadLetterJobId(dead) });
  return {
    charges,
    completed,
    failed,
    waiting,
    delayed,
    deadLetter: { ...dead, id: deadLetterJobId(dead) },
    /** Lets go of Redis; the jobs stay. */
    async close() {
      await Promise.all([charges.close(), deadLetters.close()]);
      connection.disconnect();
    },
  };
}

/** Everything that Redis has under a prefix, byte for byte. */
export async function snapshot(redis: Redis, prefix: string): Promise<Record<string, string | undefined>> {
  const keys = (await redis.keys(`${prefix}:*`)).sort();
  const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  return Object.fromEntries(keys.map((key, i) => [key, dumps[i]?.toString("base64")]));
}
