import { setTimeout as delay } from "node:timers/promises";
import { PAYMENT_EVENTS_STREAM, paymentEventSchema } from "@payonce/domain";
import { describeError, type Logger } from "@payonce/service";
import type { Redis } from "ioredis";

export interface EventReader {
  start(): void;
  /** Resolves when what was being handled is done. */
  stop(): Promise<void>;
}

export interface EventReaderOptions {
  /** A connection of its own: reading blocks it. */
  redis: Redis;
  prefix: string;
  /** Names this process in the group; no other has the same. */
  consumer: string;
  /** What another took and has not confirmed for so long is taken over. */
  abandonedAfterMs: number;
  /** Gets the payments that something was announced about; what it resolves for is confirmed. */
  handle(paymentIds: readonly string[]): Promise<void>;
  /** How long a read waits for something new, and the pause after one that failed. */
  blockMs?: number;
  retryMs?: number;
  logger: Logger;
}

/** All notifiers read as one group, so that each announcement goes to one of them. */
export const CONSUMER_GROUP = "notifier";
const BATCH = 500;
const BLOCK_MS = 2_000;
const RETRY_MS = 1_000;
/** A consumer that has asked for nothing for so long, and holds nothing, is a process that ended. */
const GONE_AFTER_MS = 3_600_000;

type Entry = [id: string, fields: string[] | null];

/**
 * Reads the stream of payment events as one of a group. An announcement is confirmed once its deliveries are in Postgres;
 * what a notifier took and did not confirm, because it died, is taken over by another. All this saves time and no more:
 * what Redis forgets is found in Postgres.
 */
export function createEventReader(options: EventReaderOptions): EventReader {
  const { redis, prefix, consumer, abandonedAfterMs, handle, logger } = options;
  const { blockMs = BLOCK_MS, retryMs = RETRY_MS } = options;
  const stream = `${prefix}:${PAYMENT_EVENTS_STREAM}`;
  let isStopped = false;
  let isBlocked = false;
  let running: Promise<void> = Promise.resolve();

  const handleEntries = async (entries: readonly Entry[]) => {
    if (entries.length === 0) return;
    await handle([...new Set(entries.flatMap(([, fields]) => toPaymentId(fields)))]);
    await redis.xack(stream, CONSUMER_GROUP, ...entries.map(([id]) => id));
  };
  const readNew = async () => {
    isBlocked = true;
    const reply = await redis
      .xreadgroup("GROUP", CONSUMER_GROUP, consumer, "COUNT", BATCH, "BLOCK", blockMs, "STREAMS", stream, ">")
      .finally(() => {
        isBlocked = false;
      });
    for (const [, entries] of (reply ?? []) as [string, Entry[]][]) await handleEntries(entries);
  };
  const takeOver = async () => {
    for (let cursor = "0-0"; !isStopped; ) {
      const reply = await redis.xautoclaim(stream, CONSUMER_GROUP, consumer, abandonedAfterMs, cursor, "COUNT", BATCH);
      const [next, entries] = reply as [string, Entry[]];
      await handleEntries(entries.filter(Boolean));
      if (next === "0-0") break;
      cursor = next;
    }
    await forgetGoneConsumers(redis, stream);
  };

  const run = async () => {
    let takeOverAt = 0;
    let isAway = false;
    while (!isStopped) {
      try {
        if (performance.now() >= takeOverAt) {
          await makeGroup(redis, stream);
          await takeOver();
          takeOverAt = performance.now() + abandonedAfterMs;
        }
        await readNew();
        isAway = false;
      } catch (error) {
        if (isStopped) break;
        // Also a group that Redis has lost: the next round makes it anew.
        if (!isAway) logger.warn({ error: describeError(error) }, "cannot handle announcements; trying again");
        isAway = true;
        takeOverAt = 0;
        await delay(retryMs, undefined, { ref: false });
      }
    }
  };

  return {
    start() {
      running = run();
    },
    async stop() {
      isStopped = true;
      // A blocked read, or a Redis that is away, is not waited for: what was not confirmed is found in Postgres.
      if (isBlocked || redis.status !== "ready") redis.disconnect();
      await running;
    },
  };
}

/** From the beginning of the stream, whenever the group is not there: what was announced is handled once more at worst. */
async function makeGroup(redis: Redis, stream: string): Promise<void> {
  await redis.xgroup("CREATE", stream, CONSUMER_GROUP, "0", "MKSTREAM").catch((error: Error) => {
    if (!error.message.startsWith("BUSYGROUP")) throw error;
  });
}

/** Every process that ever ran would stay in the group. */
async function forgetGoneConsumers(redis: Redis, stream: string): Promise<void> {
  const replies = (await redis.xinfo("CONSUMERS", stream, CONSUMER_GROUP)) as (string | number)[][];
  for (const reply of replies) {
    const { name, pending, idle } = Object.fromEntries(
      reply.flatMap((field, i) => (i % 2 === 0 ? [[field, reply[i + 1]]] : [])),
    );
    if (pending === 0 && Number(idle) > GONE_AFTER_MS)
      await redis.xgroup("DELCONSUMER", stream, CONSUMER_GROUP, String(name));
  }
}

/** Nothing for what is no announcement: it is confirmed, and so out of the way. A trimmed entry has no fields any more. */
function toPaymentId(fields: string[] | null): string[] {
  const object = Object.fromEntries(
    (fields ?? []).flatMap((name, i, all) => (i % 2 === 0 ? [[name, all[i + 1]]] : [])),
  );
  const event = paymentEventSchema.safeParse(object);
  return event.success ? [event.data.payment_id] : [];
}
