import { PayonceError } from "@payonce/domain";
import type { Redis } from "ioredis";

/**
 * Does something that asks Redis, within a limit: BullMQ would wait for a Redis that is away for as long as it takes, and
 * so would the operator's page.
 *
 * @throws PayonceError `queues_unavailable` when Redis is away or does not answer in time
 */
export async function askRedis<T>(redis: Redis, work: () => T | Promise<T>, deadlineMs = 2_000): Promise<T> {
  if (redis.status !== "ready") throw unavailable();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unavailable()), deadlineMs);
  });
  try {
    return await Promise.race([Promise.resolve().then(work), tooLate]);
  } catch (error) {
    throw redis.status === "ready" ? error : unavailable();
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(): PayonceError {
  return new PayonceError(
    "queues_unavailable",
    "Redis does not answer. No payment is lost: Postgres has them all, and their jobs are made anew if need be.",
  );
}
