// How many can listen to one API process, at what cost, and how late they hear of what happens.
//
//   npx turbo run build && node tests/bench/event-listeners.js [listeners, 2000]
//
// It starts a Postgres, a Redis and an API of its own, as `npm start` does. Payments are moved by the charger's own
// statements, and announced as the relay does it. Listeners and payments come from this one process: on a small machine
// the two take each other's time.
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { acceptPayments, claimPayments, connectDatabase, settleAttempts, storeProviderObject } from "@payonce/db";
import { acceptRequest, settleRequest, TEST_IDENTITY } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { startStack } from "@payonce/stack";
import { Redis } from "ioredis";

const LISTENERS = Number(process.argv[2] ?? 2_000);
/** Opened at once, and payments moved at once. */
const AT_ONCE = 50;
/** When a payment was announced, in this process's clock. */
const announcedAt = new Map();

const home = mkdtempSync(join(tmpdir(), "payonce-bench-"));
const stack = await startStack({
  home,
  throwaway: true,
  counts: { simulator: 0, charger: 0, relay: 0, notifier: 0, ops: 0 },
  env: { api: { RATE_LIMIT_SECRET_KEY: "0" } },
});
const { apiUrl, databaseUrl, redisUrl, secretKey, metricsUrls } = stack.info;
const db = connectDatabase({ url: databaseUrl, applicationName: "bench" });
const redis = new Redis(redisUrl);
const merchantId = (await db.pool.query("SELECT id FROM merchants")).rows[0].id;

try {
  await warmUp();
  const ids = await makePayments(LISTENERS);
  const before = await readMetrics();
  const openedAt = performance.now();
  const listeners = [];
  await inBatches(ids, async (id) => listeners.push(await listen(id)));
  await until(() => listeners.every(({ events }) => events.length === 1));
  report("opened", { seconds: secondsSince(openedAt) });
  await delay(3_000);
  const open = await readMetrics();
  const perListener = (name) => `${((open[name] - before[name]) / LISTENERS / 1_024).toFixed(1)} kB`;
  report("memory per listener", {
    resident: perListener("process_resident_memory_bytes"),
    heap: perListener("nodejs_heap_size_used_bytes"),
  });
  await idle(10);
  await phase("announced, one by one", ids, listeners, "retry_wait", { announces: true, perSecond: 200 });
  await phase("announced, all at once", ids, listeners, "unknown", { announces: true });
  await phase("not announced", ids, listeners, "retry_wait", { announces: false });
  await phase("the end", ids, listeners, "succeeded", { announces: true });
  await until(() => listeners.every(({ isEnded }) => isEnded));
  report("ended in order", { listeners: listeners.filter(({ isEnded }) => isEnded).length });
  const kinds = new Set(listeners.map(({ events }) => events.map(({ type }) => type).join(" ")));
  report("what each of them got", { kinds: [...kinds] });
  const after = await readMetrics();
  report("resident", {
    beforeMB: mb(before),
    openMB: mb(open),
    afterMB: mb(after),
    stillListening: after.payonce_event_listeners,
  });
} finally {
  redis.disconnect();
  await db.close();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

/** Has the code compiled and the pool opened, so that they are not taken for the listeners' cost. */
async function warmUp() {
  const listeners = [];
  await inBatches(await makePayments(200), async (id) => listeners.push(await listen(id)));
  await until(() => listeners.every(({ events }) => events.length === 1));
  for (const { close } of listeners) close();
  await until(async () => (await readMetrics()).payonce_event_listeners === 0);
}

async function makePayments(count) {
  const requests = Array.from({ length: count }, () => acceptRequest(merchantId));
  await inBatches(requests, async (one) => void (await acceptPayments(db, [one])));
  return requests.map(({ id }) => id);
}

function listen(id) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secretKey}`, accept: "text/event-stream" };
    const outgoing = request(`${apiUrl}/v1/payments/${id}/events`, { headers, agent: false });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const listener = { events: [], isEnded: false, close: () => outgoing.destroy() };
      outgoing.on("error", () => {});
      incoming
        .on("error", () => {})
        .once("end", () => {
          listener.isEnded = true;
        });
      incoming.setEncoding("utf8").on("data", (chunk) => {
        for (const [, data] of chunk.matchAll(/^data: (.*)$/gm)) {
          const { type, at } = JSON.parse(data);
          listener.events.push({ type, delayMs: Date.now() - (announcedAt.get(id) ?? Date.parse(at)) });
        }
      });
      if (incoming.statusCode === 200) resolve(listener);
      else reject(new Error(`answered ${incoming.statusCode}`));
    });
    outgoing.end();
  });
}

/** Moves all payments on, and says how late each listener heard: after the announcement or, without one, after the fact. */
async function phase(name, ids, listeners, status, { announces, perSecond }) {
  const seen = listeners[0].events.length;
  const cpuBefore = (await readMetrics()).process_cpu_seconds_total;
  const start = performance.now();
  announcedAt.clear();
  await inBatches(ids, async (id, i) => {
    if (perSecond) await delay(Math.max(0, (i / perSecond) * 1_000 - (performance.now() - start)));
    await attempt(id, status);
    if (!announces) return;
    announcedAt.set(id, Date.now());
    await redis.xadd("payonce:payment-events", "MAXLEN", "~", 1000, "*", "payment_id", id, "version", "2");
  });
  await until(() => listeners.every(({ events }) => events.length === seen + 2));
  const delays = listeners.map(({ events }) => events.at(-1).delayMs).sort((a, b) => a - b);
  const at = (share) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))];
  const cpu = (await readMetrics()).process_cpu_seconds_total - cpuBefore;
  report(name, {
    seconds: secondsSince(start),
    p50ms: at(0.5),
    p95ms: at(0.95),
    p99ms: at(0.99),
    maxMs: at(1),
    apiCpuSeconds: Number(cpu.toFixed(2)),
  });
}

async function attempt(paymentId, status) {
  const [claim] = await claimPayments(
    db.pool,
    [{ attemptId: newId("att"), paymentId, forced: false }],
    60_000,
    TEST_IDENTITY,
  );
  const store = () =>
    storeProviderObject(db.pool, {
      paymentId,
      version: claim.version,
      objectId: `pi_${paymentId}`,
      mayHaveCharged: false,
    });
  const version = claim.providerObjectId === null ? await store() : claim.version;
  const outcome = status === "retry_wait" ? "not_executed" : status;
  const rest = { outcomeUnknown: status === "unknown", waitMs: status === "succeeded" ? null : 0, failureCode: null };
  await settleAttempts(db.pool, [settleRequest({ ...claim, version }, { status, outcome, ...rest })]);
}

/** What it costs that nothing happens. */
async function idle(seconds) {
  const before = (await readMetrics()).process_cpu_seconds_total;
  await delay(seconds * 1_000);
  const share = ((await readMetrics()).process_cpu_seconds_total - before) / seconds;
  report("while nothing happens", { apiCpuPercent: Number((share * 100).toFixed(1)) });
}

async function inBatches(items, work) {
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) await work(items[i], i);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function readMetrics() {
  const text = await (await fetch(`${metricsUrls.api[0]}/metrics`)).text();
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)(?:\{[^}]*\})? ([\d.e+]+)$/gm)].map(([, name, value]) => [name, Number(value)]),
  );
}

async function until(condition) {
  while (!(await condition())) await delay(10);
}

function secondsSince(start) {
  return Number(((performance.now() - start) / 1_000).toFixed(1));
}

function mb(metrics) {
  return Math.round(metrics.process_resident_memory_bytes / 2 ** 20);
}

function report(what, figures) {
  console.info(`${what}: ${JSON.stringify(figures)}`);
}
