import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { connectRedisForReading } from "@payonce/service";
import { Redis } from "ioredis";
import { CONSUMER_GROUP, createEventReader, type EventReader } from "./read-events.ts";
import { logger, until } from "./test-notifier.ts";

const url = process.env.TEST_REDIS_URL ?? "";
let redis: Redis;
let prefix: string;
let stream: string;
const stopping: (() => unknown)[] = [];
beforeAll(() => {
  redis = new Redis(url);
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  prefix = `test-${randomBytes(6).toString("hex")}`;
  stream = `${prefix}:payment-events`;
});
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
  await redis.del(stream);
});

function startReader({
  handle,
  consumer = "a",
  abandonedAfterMs = 60_000,
}: {
  handle: (ids: readonly string[]) => Promise<void>;
  consumer?: string;
  abandonedAfterMs?: number;
}): EventReader {
  const connection = connectRedisForReading(url, logger);
  const waits = { blockMs: 100, retryMs: 20 };
  const reader = createEventReader({ redis: connection, prefix, consumer, abandonedAfterMs, handle, ...waits, logger });
  reader.start();
  stopping.push(async () => {
    await reader.stop();
    connection.disconnect();
  });
  return reader;
}
/** Remembers what it is given. */
function memory() {
  const seen: string[] = [];
  return {
    seen,
    handle: async (ids: readonly string[]) => {
      seen.push(...ids);
    },
  };
}
const announce = (paymentId: string) => redis.xadd(stream, "*", "payment_id", paymentId, "version", "1");
const pending = async () => Number(((await redis.xpending(stream, CONSUMER_GROUP)) as [number])[0]);

describe("a reader of the stream", () => {
  test("is told of what was announced before it was there, and of what is announced since", async () => {
    const [early, late] = [newId("pay"), newId("pay")];
    await announce(early);
    const { seen, handle } = memory();
    startReader({ handle });
    await until(() => seen.includes(early));
    await announce(late);
    await until(() => seen.includes(late));
  });

  test("confirms an announcement once it has been handled, and not before", async () => {
    let finish = () => {};
    let isHandling = false;
    startReader({
      handle: () => {
        isHandling = true;
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    await announce(newId("pay"));
    await until(() => isHandling);
    expect(await pending()).toBe(1);
    finish();
    await until(async () => (await pending()) === 0);
  });

  test("takes over what another took and never confirmed", async () => {
    const id = newId("pay");
    await redis.xgroup("CREATE", stream, CONSUMER_GROUP, "0", "MKSTREAM");
    await announce(id);
    await redis.xreadgroup("GROUP", CONSUMER_GROUP, "dead", "COUNT", 10, "STREAMS", stream, ">");
    const { seen, handle } = memory();
    startReader({ handle, abandonedAfterMs: 50 });
    await until(() => seen.includes(id));
    await until(async () => (await pending()) === 0);
  });

  test("is given what it could not handle once more", async () => {
    const id = newId("pay");
    const { seen, handle } = memory();
    let failures = 1;
    startReader({
      handle: (ids) => (failures-- > 0 ? Promise.reject(new Error("Postgres is away")) : handle(ids)),
      abandonedAfterMs: 50,
    });
    await announce(id);
    await until(() => seen.includes(id));
  });

  test("makes its group anew when Redis has lost it, and misses nothing", async () => {
    const [first, second] = [newId("pay"), newId("pay")];
    const { seen, handle } = memory();
    startReader({ handle });
    await announce(first);
    await until(() => seen.includes(first));
    await redis.del(stream);
    await announce(second);
    await until(() => seen.includes(second));
  });

  test("confirms what is no announcement, so that it is not given it for ever", async () => {
    const { seen, handle } = memory();
    startReader({ handle });
    await until(async () => (await redis.exists(stream)) === 1);
    await redis.xadd(stream, "*", "hello", "world");
    const id = newId("pay");
    await announce(id);
    await until(() => seen.includes(id));
    await until(async () => (await pending()) === 0);
    expect(seen).toEqual([id]);
  });

  test("shares the announcements with the others: each goes to one", async () => {
    const [a, b] = [memory(), memory()];
    startReader({ handle: a.handle, consumer: "a" });
    startReader({ handle: b.handle, consumer: "b" });
    const ids = Array.from({ length: 300 }, () => newId("pay"));
    for (const id of ids) await announce(id);
    await until(() => a.seen.length + b.seen.length >= ids.length);
    expect([...a.seen, ...b.seen].sort()).toEqual(ids.toSorted());
  });

  test("stops at once though it waits for Redis, and while Redis is away", async () => {
    const connection = connectRedisForReading("redis://127.0.0.1:1", logger);
    const away = createEventReader({
      redis: connection,
      prefix,
      consumer: "a",
      abandonedAfterMs: 60_000,
      handle: async () => {},
      logger,
    });
    away.start();
    await away.stop();
    connection.disconnect();
    const reader = startReader({ handle: async () => {} });
    await until(async () => (await redis.exists(stream)) === 1);
    await reader.stop();
  });
});
