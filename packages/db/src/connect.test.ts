import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { claimPayments } from "./claim.ts";
import { connectDatabase, type Database } from "./connect.ts";
import { settleAttempts } from "./settle.ts";
import { storeProviderObjects } from "./store-provider-object.ts";
import { acceptOne, createTestDatabase, insertMerchant, settleRequest, TEST_IDENTITY } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  db = connectDatabase({ url: testDatabase.url, applicationName: "test", maxConnections: 1, findsByKey: true });
});
afterAll(async () => {
  await db.close();
  await testDatabase.drop();
});

const TABLES = "('payments', 'attempts', 'timeline', 'outbox')";

test("claim, store and settle read no whole table, not even where Postgres still counts it as empty", async () => {
  const merchantId = await insertMerchant(testDatabase.db);
  const ids = await Promise.all(Array.from({ length: 30 }, () => acceptOne(testDatabase.db, merchantId)));
  const before = await readWholeTableReads();
  // More often than the five times after which Postgres keeps a plan.
  for (let i = 0; i < ids.length; i += 3) {
    const requests = ids.slice(i, i + 3).map((paymentId) => ({ attemptId: newId("att"), paymentId, forced: false }));
    const claims = await claimPayments(db.pool, requests, 60_000, TEST_IDENTITY);
    expect(claims).toHaveLength(3);
    const objects = claims.map(({ id, version }) => ({ paymentId: id, version, objectId: id, mayHaveCharged: false }));
    expect(await storeProviderObjects(db.pool, objects)).toEqual([3, 3, 3]);
    const versions = await settleAttempts(
      db.pool,
      claims.map((claim) => settleRequest({ ...claim, version: 3 })),
    );
    expect([...versions.values()]).toEqual([4, 4, 4]);
  }
  expect(await readWholeTableReads()).toEqual(before);
});

test("a session that keeps its plans plans a named statement once, another one each of the first times", async () => {
  const keeping = connectDatabase({
    url: testDatabase.url,
    applicationName: "test",
    maxConnections: 1,
    findsByKey: true,
    keepsPlans: true,
  });
  try {
    for (const { pool } of [db, keeping])
      for (const id of ["a", "b"])
        await pool.query({ name: "one", text: "SELECT FROM payments WHERE id = $1", values: [id] });
    const plansOf = async ({ pool }: Database) =>
      (await pool.query("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = 'one'")).rows;
    expect(await plansOf(keeping)).toEqual([{ generic_plans: "2", custom_plans: "0" }]);
    expect(await plansOf(db)).toEqual([{ generic_plans: "0", custom_plans: "2" }]);
  } finally {
    await keeping.close();
  }
});

/** Of the hot tables, as counted by all that has been done on this connection. */
async function readWholeTableReads() {
  await db.pool.query("SELECT pg_stat_force_next_flush()");
  const sql = `SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname IN ${TABLES} ORDER BY relname`;
  return (await db.pool.query(sql)).rows;
}
