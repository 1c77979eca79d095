import { setTimeout as delay } from "node:timers/promises";
import { PAYMENT_EVENTS_STREAM, paymentEventSchema } from "@payonce/domain";
import type { Redis } from "ioredis";

const BLOCK_MS = 2_000;
const RETRY_MS = 1_000;

export interface Announcements {
  /** From now on: calls `wake` for each announcement, and `wakeAll` when some may have been missed. */
  subscribe(subscriber: Subscriber): void;
  /** True while announcements arrive, or would. */
  isLive(): boolean;
  stop(): void;
}

export interface Subscriber {
  wake(paymentId: string): void;
  wakeAll(): void;
}

/**
 * Reads the stream of payment events until stopped: one connection and one blocking read for the whole process.
 *
 * @param waits how long a read waits for something new, and the pause after one that failed
 */
export function readAnnouncements(
  redis: Redis,
  prefix: string,
  { blockMs = BLOCK_MS, retryMs = RETRY_MS }: { blockMs?: number; retryMs?: number } = {},
): Announcements {
  const stream = `${prefix}:${PAYMENT_EVENTS_STREAM}`;
  const subscribers: Subscriber[] = [];
  let lastRead = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  const isLive = () => performance.now() - lastRead < 2 * blockMs;

  const run = async () => {
    let cursor = "";
    while (!isStopped) {
      try {
        cursor ||= await readLastId(redis, stream);
        lastRead = performance.now();
        const reply = await redis.xread("COUNT", 1_000, "BLOCK", blockMs, "STREAMS", stream, cursor);
        lastRead = performance.now();
        for (const [, entries] of reply ?? [])
          for (const [id, fields] of entries) {
            cursor = id;
            const event = paymentEventSchema.safeParse(toObject(fields));
            if (event.success) for (const { wake } of subscribers) wake(event.data.payment_id);
          }
      } catch {
        // Redis restarted, or lost the stream: what was announced meanwhile is gone, so all look for themselves.
        cursor = "";
        if (isLive()) for (const { wakeAll } of subscribers) wakeAll();
        lastRead = Number.NEGATIVE_INFINITY;
        await delay(retryMs, undefined, { ref: false });
      }
    }
  };
  void run();
  return {
    isLive,
    subscribe: (subscriber) => void subscribers.push(subscriber),
    stop() {
      isStopped = true;
    },
  };
}

/** Where to read on from. A plain "$" would lose what is announced between two reads. */
async function readLastId(redis: Redis, stream: string): Promise<string> {
  const [last] = await redis.xrevrange(stream, "+", "-", "COUNT", 1);
  return last?.[0] ?? "0-0";
}

function toObject(fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1] ?? ""]] : [])));
}
