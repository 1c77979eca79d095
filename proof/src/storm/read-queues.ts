import { CHARGES_QUEUE, DEAD_LETTER_QUEUE, REFUND_DEAD_LETTER_QUEUE, REFUNDS_QUEUE } from "@payonce/domain";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import type { QueueFact } from "../invariants/facts.ts";

// Not the webhooks: a delivery that found no place has a job that asks again half a minute later, and mostly finds it done.
// Whether any delivery is open is asked of Postgres.
const WORKED = [CHARGES_QUEUE, REFUNDS_QUEUE];
const DEAD = [DEAD_LETTER_QUEUE, REFUND_DEAD_LETTER_QUEUE];

/** What BullMQ has. Failed jobs stay for people to look at, so they do not count as moving. */
export async function readQueues(redisUrl: string): Promise<QueueFact[]> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: 3, commandTimeout: 10_000 });
  connection.on("error", () => {});
  const options = { connection, prefix: "payonce", skipVersionCheck: true };
  const facts: QueueFact[] = [];
  try {
    for (const name of WORKED) {
      const counts = await new Queue(name, options).getJobCounts("waiting", "active", "delayed", "prioritized");
      facts.push({ queue: name, moving: Object.values(counts).reduce((a, b) => a + b, 0), waitingIds: [] });
    }
    for (const name of DEAD) {
      const jobs = await new Queue(name, options).getJobs(["waiting"], 0, -1);
      facts.push({ queue: name, moving: 0, waitingIds: jobs.flatMap((job) => job?.id ?? []) });
    }
    return facts;
  } finally {
    connection.disconnect();
  }
}
