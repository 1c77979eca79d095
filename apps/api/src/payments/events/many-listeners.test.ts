import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import { startTestApi, type TestApi, until } from "../../test-api.ts";
import { listenTo, type TestEventSource } from "../../test-event-source.ts";
import { attempt } from "../../test-life.ts";
import { startProxy } from "../../test-proxy.ts";

/** Of each payment: one page, another tab, and a server that watches. */
const PER_PAYMENT = 3;
const PAYMENTS = Math.ceil(Number(process.env.EVENT_LISTENERS ?? 300) / PER_PAYMENT);
let api: TestApi;
let redis: Redis;
let proxy: Awaited<ReturnType<typeof startProxy>>;
beforeAll(async () => {
  proxy = await startProxy(process.env.TEST_REDIS_URL ?? "");
  api = await startTestApi({ redisUrl: proxy.url, events: { maxListeners: PAYMENTS * PER_PAYMENT } });
  redis = new Redis(process.env.TEST_REDIS_URL ?? "");
  await until(() => api.waiters.isLive());
});
afterAll(async () => {
  redis.disconnect();
  await api.stop();
  proxy.close();
});

/** Counts the statements that read timelines from now on. */
function countReads() {
  let reads = 0;
  const { query } = api.db.pool;
  api.db.pool.query = ((...args: Parameters<typeof query>) => {
    if ((args[0] as { name?: string }).name === "read-timelines") reads += 1;
    return query.apply(api.db.pool, args);
  }) as typeof query;
  return () => reads;
}

async function announceAll(ids: readonly string[]) {
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.xadd(`${api.prefix}:payment-events`, "*", "payment_id", id, "version", "2");
  pipeline.expire(`${api.prefix}:payment-events`, 60);
  await pipeline.exec();
}

test(`${PAYMENTS * PER_PAYMENT} listeners get every event and their end, by few statements and one Redis connection`, async () => {
  const ids: string[] = [];
  const sources: TestEventSource[] = [];
  for (let i = 0; i < PAYMENTS; i++) ids.push((await api.post()).body.id);
  for (const id of ids)
    sources.push(...(await Promise.all(Array.from({ length: PER_PAYMENT }, () => listenTo(api, id)))));
  await until(() => sources.every(({ events }) => events.length === 1), 30_000);
  expect(api.live.count()).toBe(sources.length);

  const reads = countReads();
  for (const outcome of ["unknown", "succeeded"] as const) {
    const seen = sources[0]?.events.length ?? 0;
    await Promise.all(ids.map((id) => attempt(api.db, id, outcome)));
    await announceAll(ids);
    await until(() => sources.every(({ events }) => events.length === seen + 2), 30_000);
  }
  await Promise.all(sources.map(({ ended }) => ended));
  for (const { events, isEnded } of sources) {
    expect(isEnded).toBe(true);
    expect(events.map(({ event }) => event)).toEqual([
      "payment.queued",
      "payment.processing",
      "payment.unknown",
      "payment.processing",
      "payment.succeeded",
    ]);
  }
  expect(api.live.count()).toBe(0);
  // Each of them alone would be two for every payment.
  expect(reads()).toBeLessThan(PAYMENTS);
  expect(proxy.connections()).toBe(1);
});
