import { afterEach, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import { announce, startTestApi, type TestApi, type TestApiOptions, until } from "../../test-api.ts";
import { listenTo, type TestEventSource } from "../../test-event-source.ts";
import { attempt, LONG_LIFE, longLife } from "../../test-life.ts";
import { startProxy } from "../../test-proxy.ts";

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A quarter of what a process waits otherwise. */
const QUICK: TestApiOptions = {
  waits: { blockMs: 500, retryMs: 250 },
  events: { lookMs: { live: 500, away: 250 } },
};

async function start(options: TestApiOptions = {}): Promise<{ api: TestApi; id: string }> {
  const api = await startTestApi({ ...QUICK, ...options });
  closers.push(api.stop);
  return { api, id: (await api.post()).body.id };
}

async function startBehindProxy() {
  const proxy = await startProxy(process.env.TEST_REDIS_URL ?? "");
  closers.push(proxy.close);
  const started = await start({ redisUrl: proxy.url });
  await until(() => started.api.waiters.isLive());
  return { proxy, ...started };
}

const typesOf = ({ events }: TestEventSource) => events.map(({ event }) => event);
const endedBy = async (api: TestApi, reason: string) =>
  (await api.registry.getSingleMetric("payonce_event_listeners_ended_total")?.get())?.values.find(
    ({ labels }) => labels.reason === reason,
  )?.value;

test("while Redis is away, every event arrives all the same", async () => {
  const { api, id } = await start({ redisUrl: "redis://127.0.0.1:1" });
  const source = await listenTo(api, id);
  await longLife(api.db, id, () => until(() => source.events.at(-1)?.data.data.status !== "charging"));
  await source.ended;
  expect(typesOf(source)).toEqual(LONG_LIFE);
});

test("when Redis is cut off in mid-stream, and when it is back, no event is lost", async () => {
  const { proxy, api, id } = await startBehindProxy();
  const sources = [await listenTo(api, id), await listenTo(api, id)];
  let attempts = 0;
  await longLife(api.db, id, async () => {
    attempts += 1;
    if (attempts === 1) proxy.cut();
    if (attempts === 4) proxy.restore();
    if (attempts === 4) await until(() => api.waiters.isLive());
    if (attempts !== 2) await announce(api, id);
    // Before the next, so that it is not carried along by a later one.
    if (attempts < 5) await until(() => sources.every(({ events }) => events.length === 1 + 2 * attempts));
  });
  for (const source of sources) {
    await source.ended;
    expect(typesOf(source)).toEqual(LONG_LIFE);
  }
});

test("when the stream is emptied with announcements that were not read, no event is lost", async () => {
  const { proxy, api, id } = await startBehindProxy();
  const source = await listenTo(api, id);
  const redis = new Redis(process.env.TEST_REDIS_URL ?? "");
  closers.push(() => redis.disconnect());
  await longLife(api.db, id, async () => {
    // What is announced while nobody reads is gone before anybody does.
    proxy.cut();
    await announce(api, id);
    await redis.del(`${api.prefix}:payment-events`);
    proxy.restore();
  });
  await source.ended;
  expect(typesOf(source)).toEqual(LONG_LIFE);
});

test("when Postgres cannot be read in mid-stream, the stream stays and goes on where it was", async () => {
  const { api, id } = await start();
  await until(() => api.waiters.isLive());
  const source = await listenTo(api, id);
  await until(() => source.events.length === 1);
  await attempt(api.db, id, "retry_wait");
  const blocker = await api.db.pool.connect();
  const isBlocking = async () => (await blocker.query("SELECT 1 FROM pg_locks WHERE NOT granted")).rows.length > 0;
  await blocker.query("BEGIN");
  await blocker.query("LOCK TABLE timeline IN ACCESS EXCLUSIVE MODE");
  await announce(api, id);
  await until(isBlocking);
  // The server gives up on the statement, and it fails.
  await until(async () => !(await isBlocking()));
  await blocker.query("ROLLBACK");
  blocker.release();
  await attempt(api.db, id, "succeeded");
  await source.ended;
  expect(typesOf(source)).toEqual([
    "payment.queued",
    "payment.processing",
    "payment.retrying",
    "payment.processing",
    "payment.succeeded",
  ]);
});

test("a silent stream is kept alive, and ends at its greatest age for the client to come back", async () => {
  const { api, id } = await start({ events: { limits: { heartbeatMs: 25, maxAgeMs: 500 } } });
  const source = await listenTo(api, id);
  await source.ended;
  expect([source.isEnded, typesOf(source)]).toEqual([true, ["payment.queued"]]);
  expect(source.comments).toBeGreaterThan(3);
  expect(await endedBy(api, "max_age")).toBe(1);
  await attempt(api.db, id, "succeeded");
  const next = await listenTo(api, id, { headers: { "last-event-id": String(source.events.at(-1)?.id) } });
  await next.ended;
  expect(typesOf(next)).toEqual(["payment.processing", "payment.succeeded"]);
});

test("a process that stops ends its streams in order, and another goes on", async () => {
  const { api, id } = await start();
  const sources = await Promise.all(Array.from({ length: 5 }, () => listenTo(api, id)));
  await until(() => sources.every(({ events }) => events.length === 1));
  closers.splice(closers.indexOf(api.stop), 1);
  await api.stop();
  for (const source of sources) {
    await source.ended;
    expect(source.isEnded).toBe(true);
  }
  expect(await endedBy(api, "shutdown")).toBe(5);
});
