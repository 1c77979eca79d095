// How many can listen to one API process, at what cost, and how late they hear of what happens.
//
//   TEST_DATABASE_URL=… TEST_REDIS_URL=… node apps/api/bench/event-listeners.js [listeners, 2000]
//
// The API runs as in production, in a process of its own; payments are moved by the charger's own statements, and announced
// as the relay does it. The test database template has to be there (`npm test` makes it), and the apps have to be built.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { acceptPayments, claimPayments, settleAttempts, storeProviderObject } from "@payonce/db";
import { acceptRequest, createTestDatabase, insertMerchant, settleRequest, TEST_IDENTITY } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { Redis } from "ioredis";

const LISTENERS = Number(process.argv[2] ?? 2_000);
/** Opened at once, and payments moved at once. */
const AT_ONCE = 50;
/** When a payment was announced, in this process's clock. */
const announcedAt = new Map();

const { db, url: databaseUrl, drop } = await createTestDatabase();
const prefix = `bench-${randomBytes(4).toString("hex")}`;
const redis = new Redis(process.env.TEST_REDIS_URL ?? "");
const merchantId = await insertMerchant(db);
const key = `sk_test_${randomBytes(24).toString("base64url")}`;
await db.pool.query(
  "INSERT INTO api_keys (id, merchant_id, kind, hash, prefix) VALUES ($1, $2, 'secret', $3, 'sk_test_benc')",
  [newId("key"), merchantId, createHash("sha256").update(key).digest()],
);
const api = await startApi();

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
  api.process.kill("SIGTERM");
  await once(api.process, "exit");
  redis.disconnect();
  await drop();
}

async function startApi() {
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: process.env.TEST_REDIS_URL,
    REDIS_PREFIX: prefix,
    PORT: "0",
  };
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const { msg, address, metricsPort } = JSON.parse(line);
    if (msg !== "listening") continue;
    child.stdout.resume();
    return { process: child, port: address.port, metricsPort };
  }
  throw new Error("the API did not start");
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
    const headers = { authorization: `Bearer ${key}`, accept: "text/event-stream" };
    const outgoing = request({ port: api.port, path: `/v1/payments/${id}/events`, headers, agent: false });
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
    await redis.xadd(`${prefix}:payment-events`, "MAXLEN", "~", 1000, "*", "payment_id", id, "version", "2");
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
  const text = await (await fetch(`http://127.0.0.1:${api.metricsPort}/metrics`)).text();
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
