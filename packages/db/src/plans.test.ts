import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { acceptPayments } from "./accept.ts";
import { claimPayments } from "./claim.ts";
import { connectDatabase, type Database } from "./connect.ts";
import { findOutdatedDeadLetters, listDeadLettered } from "./dead-letters.ts";
import { readTimelines } from "./read-timelines.ts";
import { findOutdatedRefundDeadLetters, listDeadLetteredRefunds } from "./refunds/refund-dead-letters.ts";
import { dispatchRefundsAgain, findOverdueRefunds } from "./refunds/sweep-refunds.ts";
import { relayBatch } from "./relay-batch.ts";
import { settleAttempts } from "./settle.ts";
import { dispatchAgain, FIRST_PAGE, findOverduePayments } from "./sweep.ts";
import { tendTables } from "./tend-tables.ts";
import {
  acceptOne,
  acceptRequest,
  createTestDatabase,
  insertMerchant,
  insertWebhookEndpoint,
  settleRequest,
  TEST_IDENTITY,
} from "./testing.ts";

const COUNT = 5_000;
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
beforeEach(async () => {
  testDatabase = await createTestDatabase();
});
afterEach(async () => {
  await db.close();
  await testDatabase.drop();
});

/** One session, whose prepared statements keep the plan that they are first given, as they do after a few runs. */
async function openSession(findsByKey: boolean): Promise<void> {
  db = connectDatabase({ url: testDatabase.url, applicationName: "plans", maxConnections: 1, findsByKey });
  await db.pool.query("SET plan_cache_mode = force_generic_plan");
}

const idOf = (n: number) => `pay_${String(n).padStart(26, "0")}`;

/** Payments, each with an attempt and an outbox row, that the planner has heard nothing of. */
async function fillUnseen(round = 0): Promise<void> {
  await db.pool.query(
    `WITH p AS (
       INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method)
       SELECT 'pay_' || lpad(n::text, 26, '0'), $1, 'key-' || n, decode(md5(n::text) || md5('x'), 'hex'), 100, 'eur', 'pm'
       FROM generate_series($2::int + 1, $2::int + $3::int) n RETURNING id
     ), a AS (INSERT INTO attempts (id, payment_id, number) SELECT 'att' || substr(id, 4), id, 7 FROM p)
     INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'event', id, 1, 0 FROM p`,
    [await insertMerchant(db), round * COUNT, COUNT],
  );
}

/** How many rows of a table something reads, by whichever way. */
async function rowsRead(table: string, work: () => Promise<unknown>): Promise<number> {
  const count = async () => {
    await db.pool.query("SELECT pg_stat_force_next_flush()");
    const { rows } = await db.pool.query(
      "SELECT seq_tup_read + idx_tup_fetch AS n FROM pg_stat_user_tables WHERE relname = $1",
      [table],
    );
    return Number(rows[0].n);
  };
  const before = await count();
  await work();
  return (await count()) - before;
}

test("new statistics end the plans that claim, settle and others have from when their tables were empty", async () => {
  await openSession(true);
  const paymentId = idOf(7);
  const attemptId = newId("att");
  const claim = () => claimPayments(db.pool, [{ attemptId, paymentId, forced: false }], 60_000, TEST_IDENTITY);
  const settle = () => settleAttempts(db.pool, [settleRequest({ id: paymentId, attemptId, version: 2 } as never)]);
  const look = () => readTimelines(db.pool, [{ paymentId, afterVersion: 0 }], 10);
  expect([await claim(), (await settle()).get(attemptId), await look()]).toEqual([[], null, []]);
  expect(await tendTables(db.pool)).toEqual({ analyzed: [], vacuumed: [], isYoung: true });
  await fillUnseen();
  expect(await rowsRead("attempts", settle)).toBeGreaterThan(COUNT / 2);
  expect(await tendTables(db.pool)).toEqual({ analyzed: ["attempts", "payments"], vacuumed: [], isYoung: true });
  expect(await tendTables(db.pool)).toEqual({ analyzed: [], vacuumed: [], isYoung: true });

  expect(await rowsRead("payments", look)).toBeLessThan(100);
  expect(await rowsRead("payments", claim)).toBeLessThan(100);
  expect(await rowsRead("attempts", settle)).toBeLessThan(100);
  const [timeline] = await look();
  expect(timeline?.payment).toMatchObject({ id: paymentId, status: "retry_wait", version: 3 });
});

test("a relay drains a backlog by its index, also with plans from when the outbox was empty", async () => {
  await openSession(true);
  await acceptOne(db, await insertMerchant(db));
  await db.pool.query("VACUUM outbox");
  const drain = () => relayBatch(db.pool, 50, async (rows) => new Set(rows.slice(0, 10).map(({ id }) => id)));
  expect(await drain()).toBe(1);
  await fillUnseen();
  expect(await drain()).toBe(50);
  expect(await rowsRead("outbox", drain)).toBeLessThan(500);
});

test("what feeds the webhooks reads the payments that it is about, also with a plan from when there were none", async () => {
  await openSession(true);
  const merchantId = await insertMerchant(db);
  await insertWebhookEndpoint(db, merchantId);
  await db.pool.query("ANALYZE payments");
  await acceptPayments(
    db,
    Array.from({ length: 50 }, () => acceptRequest(merchantId)),
  );
  await fillUnseen();
  await db.pool.query("UPDATE payments SET merchant_id = $1", [merchantId]);
  expect(await rowsRead("payments", () => acceptOne(db, merchantId))).toBeLessThan(100);
  const { rows } = await db.pool.query("SELECT count(*)::int AS events FROM webhook_outbox");
  expect(rows).toEqual([{ events: 51 }]);
});

test("what was taken out of the outbox is cleared away before it slows the relay down", async () => {
  await openSession(false);
  await db.pool.query("SET plan_cache_mode = auto");
  for (let round = 0; round < 5; round++) {
    await fillUnseen(round);
    await db.pool.query("DELETE FROM outbox");
  }
  await db.pool.query("SELECT pg_stat_force_next_flush()");
  expect((await tendTables(db.pool)).vacuumed).toEqual(["outbox"]);
  await db.pool.query("SELECT pg_stat_force_next_flush()");
  expect((await tendTables(db.pool)).vacuumed).toEqual([]);
});

test("a settle does not read the backlog, though hardly any payment moved when the statistics were made", async () => {
  await openSession(true);
  await fillUnseen();
  await db.pool.query("UPDATE payments SET status = 'canceled', next_action_at = NULL");
  await db.pool.query("VACUUM ANALYZE payments");
  await db.pool.query("UPDATE payments SET status = 'charging', next_action_at = now() WHERE id > $1", [
    idOf(COUNT / 2),
  ]);
  const paymentId = idOf(COUNT);
  const settle = () =>
    settleAttempts(db.pool, [settleRequest({ id: paymentId, attemptId: newId("att"), version: 1 } as never)]);
  expect(await rowsRead("payments", settle)).toBeLessThan(100);
  const { rows } = await db.pool.query("SELECT status FROM payments WHERE id = $1", [paymentId]);
  expect(rows).toEqual([{ status: "retry_wait" }]);
});

test("the sweep keeps no plan, or it would read a backlog of the outbox once for each overdue payment", async () => {
  await openSession(false);
  const { pool } = db;
  await findOverduePayments(pool, 0, FIRST_PAGE, 500);
  await findOverdueRefunds(pool, 0, FIRST_PAGE, 500);
  await dispatchAgain(pool, [], 10);
  await dispatchRefundsAgain(pool, [], 10);
  await listDeadLettered(pool, "", 500);
  await listDeadLetteredRefunds(pool, "", 500);
  await findOutdatedDeadLetters(pool, []);
  await findOutdatedRefundDeadLetters(pool, []);
  const { rows } = await pool.query("SELECT name FROM pg_prepared_statements WHERE name <> ''");
  expect(rows).toEqual([]);
});
