import { setTimeout as delay } from "node:timers/promises";
import { PAYMENT_EVENTS_STREAM, paymentEventSchema } from "@payonce/domain";
import type { Redis } from "ioredis";

export interface PaymentWaiters {
  /**
   * Waits until something is announced about a payment, at most `timeoutMs`.
   *
   * @returns true when it is time to read the payment again; false at once when no more may wait
   */
  wait(paymentId: string, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  /** True while announcements arrive; otherwise waiters are woken every second to look for themselves. */
  isLive(): boolean;
  isClosed(): boolean;
  /** Ends all waiting. */
  close(): void;
}

const BLOCK_MS = 2_000;
/** How often to look without being woken: announcements are hints, and the facts are in Postgres. */
const LOOK_MS = { live: 5_000, away: 1_000 };

/** Wakes long polls from the Redis stream: one connection and one blocking read for the process, however many wait. */
export function createPaymentWaiters(
  redis: Redis,
  { prefix, maxWaiting }: { prefix: string; maxWaiting: number },
): PaymentWaiters {
  const wakers = new Map<string, Set<() => void>>();
  const stream = `${prefix}:${PAYMENT_EVENTS_STREAM}`;
  let waiting = 0;
  let lastRead = 0;
  let isClosed = false;
  const isLive = () => performance.now() - lastRead < 2 * BLOCK_MS;
  const wake = (paymentId: string) => {
    for (const waker of wakers.get(paymentId) ?? []) waker();
  };

  const readStream = async () => {
    let cursor = "";
    while (!isClosed) {
      try {
        cursor ||= await readLastId(redis, stream);
        const reply = await redis.xread("COUNT", 1_000, "BLOCK", BLOCK_MS, "STREAMS", stream, cursor);
        lastRead = performance.now();
        for (const [, entries] of reply ?? [])
          for (const [id, fields] of entries) {
            cursor = id;
            const event = paymentEventSchema.safeParse(toObject(fields));
            if (event.success) wake(event.data.payment_id);
          }
      } catch {
        // Redis restarted, or lost the stream: what was announced meanwhile is gone, so all look for themselves.
        cursor = "";
        for (const paymentId of wakers.keys()) wake(paymentId);
        await delay(200);
      }
    }
  };
  void readStream();

  return {
    isLive,
    isClosed: () => isClosed,
    close() {
      isClosed = true;
      for (const paymentId of wakers.keys()) wake(paymentId);
    },
    async wait(paymentId, timeoutMs, signal) {
      if (waiting >= maxWaiting || isClosed) return false;
      if (signal.aborted) return true;
      waiting += 1;
      const mine = wakers.get(paymentId) ?? new Set();
      wakers.set(paymentId, mine);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, Math.min(timeoutMs, isLive() ? LOOK_MS.live : LOOK_MS.away));
        function done() {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          mine.delete(done);
          resolve();
        }
        signal.addEventListener("abort", done);
        mine.add(done);
      });
      if (mine.size === 0) wakers.delete(paymentId);
      waiting -= 1;
      return !isClosed;
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
