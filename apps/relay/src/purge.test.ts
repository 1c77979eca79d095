import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { createTestDatabase, emptyTables, insertMerchant, succeedOne } from "@payonce/db/testing";
import { createLogger } from "@payonce/service";
import { configSchema } from "./config.ts";
import { createPurge, type Purged } from "./purge.ts";

const logger = createLogger("test", "silent");
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(() => emptyTables(testDatabase.db, "payments", "provider_events"));

const pool = () => testDatabase.db.pool;
const receiveOld = (count: number) =>
  pool().query(
    `INSERT INTO provider_events (id, type, created_at, received_at)
     SELECT 'evt_' || n, 'charge.updated', now(), now() - interval '100 days' + n * interval '1 s'
     FROM generate_series(1, $1::int) n`,
    [count],
  );
const left = async () => (await pool().query("SELECT 1 FROM provider_events")).rowCount;
const settings = { batchSize: 3, intervalMs: 60_000, pauseMs: 1, logger };

test("what is kept for good is not touched", async () => {
  await receiveOld(1);
  const id = await succeedOne(testDatabase.db, await insertMerchant(testDatabase.db));
  await pool().query("INSERT INTO attempts (id, payment_id, number, evidence) VALUES ('att_1', $1, 1, '[]')", [id]);
  await pool().query("UPDATE payments SET updated_at = now() - interval '1000 days'");
  const purge = createPurge({ pool: pool(), providerEventsKeptDays: 0, historyKeptDays: 0, ...settings });
  const nothing = { providerEvents: 0, timelineRows: 0, evidence: 0, hasMore: false };
  expect(await purge.runOnce()).toEqual(nothing);
  expect(await left()).toBe(1);
  expect((await pool().query("SELECT evidence FROM attempts")).rows).toEqual([{ evidence: [] }]);
});

test("purges a batch at a time until nothing is left, whoever else does as well, and then leaves it", async () => {
  await receiveOld(20);
  const purged: Purged[] = [];
  const create = () => {
    const days = { providerEventsKeptDays: 90, historyKeptDays: 120 };
    return createPurge({ pool: pool(), ...days, ...settings, onPurged: (done) => purged.push(done) });
  };
  const relays = [create(), create()];
  for (const relay of relays) relay.start();
  try {
    while ((await left()) !== 0) await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    await Promise.all(relays.map((relay) => relay.stop()));
  }
  expect(purged.every(({ providerEvents }) => providerEvents <= 3)).toBe(true);
  expect(purged.reduce((sum, { providerEvents }) => sum + providerEvents, 0)).toBe(20);
});

test.each([
  ["PROVIDER_EVENTS_KEPT_DAYS", "30", "31"],
  ["HISTORY_KEPT_DAYS", "119", "120"],
])("%s is for good, or long enough: not %s, but %s", (name, tooFew, enough) => {
  const read = (days: string) =>
    configSchema.safeParse({ DATABASE_URL: "postgresql://x", REDIS_URL: "redis://x", [name]: days });
  expect(read(tooFew).error?.issues).toMatchObject([{ path: [name], message: expect.stringContaining(enough) }]);
  expect([read(enough).success, read("0").success]).toEqual([true, true]);
});
