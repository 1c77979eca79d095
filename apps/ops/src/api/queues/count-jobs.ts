import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { askRedis } from "../../dashboard/ask-redis.ts";
import { SHOWN_QUEUES } from "../../dashboard/shown-queues.ts";

/** A script that asks for the queues should hear soon that Redis is away. */
const DEADLINE_MS = 1_000;
const STATES = ["waiting", "active", "delayed", "prioritized", "failed", "completed"] as const;

export type JobCounts = Record<(typeof STATES)[number], number>;

/** Counts a queue's jobs by state; null while Redis is away, or when there is no such queue. */
export type JobCounter = (queue: string) => Promise<JobCounts | null>;

/** @param prefix put before every Redis key */
export function createJobCounter(redis: Redis, prefix: string): JobCounter {
  // Without the two, it would write its version into the queue, and ask Redis for its own.
  const options = { connection: redis, prefix, skipMetasUpdate: true, skipVersionCheck: true };
  const queues = new Map(SHOWN_QUEUES.map(({ name }) => [name, new Queue(name, options)]));
  for (const queue of queues.values()) queue.on("error", () => {}); // the connection itself logs
  return async (name) => {
    const queue = queues.get(name);
    if (!queue) return null;
    try {
      return (await askRedis(redis, () => queue.getJobCounts(...STATES), DEADLINE_MS)) as JobCounts;
    } catch {
      return null;
    }
  };
}
