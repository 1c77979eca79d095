import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type OutboxRow, readOutboxBacklog } from "@payonce/db";
import { acceptOne, createTestDatabase, insertMerchant } from "@payonce/db/testing";
import { createLogger } from "@payonce/service";
import { listenToOutbox } from "./listen-to-outbox.ts";
import { createRelay } from "./relay.ts";

const logger = createLogger("test", "silent");
const NEVER_MS = 600_000;
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(() => testDatabase.db.pool.query("DELETE FROM outbox"));
afterEach(async () => {
  for (const loop of running.splice(0)) await loop.stop();
});

function startRelay({
  pollMs = NEVER_MS,
  publish,
}: {
  pollMs?: number;
  publish: (rows: readonly OutboxRow[]) => Promise<ReadonlySet<string>>;
}) {
  const relay = createRelay({ pool: testDatabase.db.pool, publish, batchSize: 100, pollMs, logger });
  relay.start();
  running.push(relay);
  return relay;
}

/** Remembers what is published and lets a test wait for it. */
function memory() {
  const seen: string[] = [];
  let check = () => {};
  return {
    seen,
    publish: async (rows: readonly OutboxRow[]): Promise<ReadonlySet<string>> => {
      seen.push(...rows.map(({ paymentId }) => paymentId));
      queueMicrotask(() => check());
      return new Set();
    },
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        check = () => condition() && resolve();
        check();
      }),
  };
}

test("a relay is woken by the notification of a new payment, without polling", async () => {
  const { seen, publish, until } = memory();
  const relay = startRelay({ publish });
  const heard = new Promise<void>((resolve) => {
    const onNotify = () => {
      relay.wake();
      resolve();
    };
    const listener = listenToOutbox(testDatabase.url, { onNotify, logger });
    running.push({ stop: listener.close });
  });
  await heard;
  const id = await acceptOne(testDatabase.db, merchantId);
  await until(() => seen.includes(id));
});

test("a relay that hears no notification finds new rows by polling", async () => {
  const { seen, publish, until } = memory();
  startRelay({ publish, pollMs: 20 });
  const id = await acceptOne(testDatabase.db, merchantId);
  await until(() => seen.includes(id));
});

test("a listener whose connection the server ends comes back, and looks for what it missed", async () => {
  let notifications = 0;
  let wake = () => {};
  const next = (count: number) =>
    new Promise<void>((resolve) => {
      wake = () => notifications >= count && resolve();
      wake();
    });
  const onNotify = () => {
    notifications += 1;
    wake();
  };
  const listener = listenToOutbox(testDatabase.url, { onNotify, logger });
  running.push({ stop: listener.close });
  await next(1);
  await testDatabase.db.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'payonce-relay-listen' AND datname = current_database()",
  );
  await next(2);
});

test("a relay goes on after failures, and loses no row to them", async () => {
  const { seen, publish, until } = memory();
  let failures = 3;
  startRelay({
    pollMs: 10,
    publish: (rows) => (failures-- > 0 ? Promise.reject(new Error("Redis is away")) : publish(rows)),
  });
  const id = await acceptOne(testDatabase.db, merchantId);
  await until(() => seen.includes(id));
});

test("four relays at once publish each of 200 rows once", async () => {
  const { seen, publish, until } = memory();
  for (let i = 0; i < 4; i++) startRelay({ publish, pollMs: 5 });
  const ids = await Promise.all(Array.from({ length: 200 }, () => acceptOne(testDatabase.db, merchantId)));
  await until(() => seen.length >= 200);
  for (const loop of running.splice(0)) await loop.stop();
  expect([...seen].sort()).toEqual([...ids].sort());
  expect((await readOutboxBacklog(testDatabase.db.pool)).depth).toBe(0);
});

test("the backlog counts what is not published, and its oldest age", async () => {
  await acceptOne(testDatabase.db, merchantId);
  await testDatabase.db.pool.query("UPDATE outbox SET created_at = now() - interval '90 s'");
  const { depth, oldestAgeSeconds } = await readOutboxBacklog(testDatabase.db.pool);
  expect(depth).toBe(1);
  expect(oldestAgeSeconds).toBeGreaterThanOrEqual(90);
});
