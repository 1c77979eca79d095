import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { withDeadline } from "./with-deadline.ts";

/** Jobs of a page that are looked for in BullMQ's lists. */
const SAMPLE = 5;

/**
 * Of these jobs, the ids of those that BullMQ does not have any more or has finished with.
 *
 * Asks for the jobs' own hashes, because BullMQ's word for a job's state costs a walk through the queue. A few of them are
 * asked for in full, so that a job that is in no list (its list was evicted) is found as well, in time.
 */
export async function findLostJobs(
  redis: Redis,
  queue: Pick<Queue, "toKey" | "getJobState">,
  jobIds: readonly string[],
  deadlineMs: number,
): Promise<ReadonlySet<string>> {
  const pipeline = redis.pipeline();
  for (const jobId of jobIds) pipeline.hmget(queue.toKey(jobId), "timestamp", "finishedOn");
  const replies = (await withDeadline(pipeline.exec(), deadlineMs)) ?? [];
  const lost = new Set<string>();
  for (const [i, jobId] of jobIds.entries()) {
    const [error, fields] = replies[i] ?? [new Error("no reply")];
    if (error) throw error;
    const [addedAt, finishedOn] = fields as (string | null)[];
    if (addedAt === null || finishedOn !== null) lost.add(jobId);
  }
  const offset = Math.floor(Math.random() * jobIds.length);
  for (const jobId of jobIds.slice(offset, offset + SAMPLE)) {
    const state = await withDeadline(queue.getJobState(jobId), deadlineMs);
    if (state === "unknown" || state === "completed" || state === "failed") lost.add(jobId);
  }
  return lost;
}
