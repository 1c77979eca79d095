import type { DeliveryDispatch } from "@payonce/db/webhooks";
import { WEBHOOKS_QUEUE, type WebhookJob, webhookJobId } from "@payonce/domain";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";

/** The BullMQ queue, as far as those who feed it go. All of it throws while Redis is away. */
export interface WebhookQueue {
  /** Jobs that are there already stay as they are. */
  addJobs(dispatches: readonly DeliveryDispatch[]): Promise<void>;
  /** The ids of those whose job BullMQ does not have any more, or has finished with. */
  findLostJobs(dispatches: readonly DeliveryDispatch[]): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

// A notifier that cannot reach Postgres fails the job; BullMQ tries again for a while, and after that the sweep.
const JOB_OPTIONS = {
  attempts: 10,
  backoff: { type: "fixed", delay: 1_000, jitter: 0.5 },
  removeOnComplete: { count: 1_000, age: 3_600 },
  removeOnFail: { count: 10_000, age: 7 * 24 * 3_600 },
} as const;

/** Jobs of a page that are looked for in BullMQ's lists. */
const SAMPLE = 5;

/** @param redis a connection that fails at once what it cannot send: what is not made now is made later */
export function createWebhookQueue(redis: Redis, prefix: string): WebhookQueue {
  const queue = new Queue<WebhookJob>(WEBHOOKS_QUEUE, { connection: redis, prefix, skipVersionCheck: true });
  queue.on("error", () => {}); // the connection itself logs
  return {
    async addJobs(dispatches) {
      if (dispatches.length === 0) return;
      if (redis.status !== "ready") throw new Error("Redis is away");
      await queue.addBulk(
        dispatches.map(({ deliveryId, endpointId, dispatch }) => ({
          name: "deliver-webhook",
          data: { deliveryId, endpointId, dispatch },
          opts: { ...JOB_OPTIONS, jobId: webhookJobId({ deliveryId, dispatch }) },
        })),
      );
    },
    /**
     * Asks for the jobs' own hashes, because BullMQ's word for a job's state costs a walk through the queue. A few of them
     * are asked for in full, so that a job that is in no list (its list was evicted) is found as well, in time.
     */
    async findLostJobs(dispatches) {
      if (redis.status !== "ready") throw new Error("Redis is away");
      const pipeline = redis.pipeline();
      for (const one of dispatches) pipeline.hmget(queue.toKey(webhookJobId(one)), "timestamp", "finishedOn");
      const replies = (await pipeline.exec()) ?? [];
      const lost = new Set<string>();
      for (const [i, one] of dispatches.entries()) {
        const [error, fields] = replies[i] ?? [new Error("no reply")];
        if (error) throw error;
        const [addedAt, finishedOn] = fields as (string | null)[];
        if (addedAt === null || finishedOn !== null) lost.add(webhookJobId(one));
      }
      const offset = Math.floor(Math.random() * dispatches.length);
      for (const one of dispatches.slice(offset, offset + SAMPLE)) {
        const state = await queue.getJobState(webhookJobId(one));
        if (state === "unknown" || state === "completed" || state === "failed") lost.add(webhookJobId(one));
      }
      return lost;
    },
    async close() {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, 1_000).unref());
      await Promise.race([queue.close().catch(() => {}), limit]);
    },
  };
}
