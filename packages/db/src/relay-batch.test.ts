import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { readOutboxBacklog } from "./outbox-backlog.ts";
import { type OutboxRow, relayBatch } from "./relay-batch.ts";
import { acceptOne, createTestDatabase, insertMerchant } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(() => testDatabase.db.pool.query("DELETE FROM outbox"));

const relay = (publish: (rows: readonly OutboxRow[]) => Promise<ReadonlySet<string>>, limit = 100) =>
  relayBatch(testDatabase.db.pool, limit, publish);
const none: ReadonlySet<string> = new Set();
/** Publishes by remembering. */
const into = (seen: OutboxRow[]) => async (rows: readonly OutboxRow[]) => {
  seen.push(...rows);
  return none;
};
const depth = async () => (await readOutboxBacklog(testDatabase.db.pool)).depth;

describe("a relay batch", () => {
  test("hands over what is due, oldest first, and forgets what was published", async () => {
    const ids = [await acceptOne(testDatabase.db, merchantId), await acceptOne(testDatabase.db, merchantId)];
    const seen: OutboxRow[] = [];
    expect(await relay(into(seen))).toBe(2);
    expect(seen).toMatchObject(ids.map((paymentId) => ({ kind: "accepted", paymentId, version: 1, dispatch: 0 })));
    expect(await depth()).toBe(0);
  });

  test("keeps every row when publishing fails, and hands them over again", async () => {
    await acceptOne(testDatabase.db, merchantId);
    await expect(relay(() => Promise.reject(new Error("Redis is away")))).rejects.toThrow("Redis is away");
    expect(await depth()).toBe(1);
    expect(await relay(async () => none)).toBe(1);
  });

  test("keeps a row that cannot be published for later, without holding up its neighbours", async () => {
    await acceptOne(testDatabase.db, merchantId);
    await acceptOne(testDatabase.db, merchantId);
    await relay(async (rows) => new Set([rows[0]?.id ?? ""]));
    expect(await depth()).toBe(1);
    expect(await relay(async () => none)).toBe(0);
    const { rows } = await testDatabase.db.pool.query("SELECT tries, not_before > now() AS later FROM outbox");
    expect(rows).toEqual([{ tries: 1, later: true }]);
  });

  test("of two relays at work at once hands no row to both", async () => {
    for (let i = 0; i < 10; i++) await acceptOne(testDatabase.db, merchantId);
    const seen: OutboxRow[] = [];
    let second: Promise<number> | undefined;
    await relay(async (rows) => {
      seen.push(...rows);
      second = relay(into(seen));
      await second;
      return none;
    }, 6);
    expect(await second).toBe(4);
    expect(seen).toHaveLength(10);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(10);
  });

  test("ended by the server while it publishes is not committed, and the process survives", async () => {
    await acceptOne(testDatabase.db, merchantId);
    const killed = relay(async () => {
      await testDatabase.db.pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()",
      );
      return none;
    });
    await expect(killed).rejects.toThrow();
    expect(await depth()).toBe(1);
    expect(await relay(async () => none)).toBe(1);
  });

  test("does not pass over the row of a transaction that commits late", async () => {
    const slow = await testDatabase.db.pool.connect();
    const late = await acceptOne(testDatabase.db, merchantId);
    await testDatabase.db.pool.query("DELETE FROM outbox");
    await slow.query("BEGIN");
    await slow.query("INSERT INTO outbox (kind, payment_id, version, dispatch) VALUES ('event', $1, 1, 0)", [late]);
    const early = await acceptOne(testDatabase.db, merchantId);
    const seen: OutboxRow[] = [];
    await relay(into(seen));
    expect(seen).toMatchObject([{ paymentId: early }]);
    await slow.query("COMMIT");
    slow.release();
    await relay(into(seen));
    expect(seen).toMatchObject([{ paymentId: early }, { paymentId: late }]);
  });
});
