import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { PAYMENT_STATES } from "@payonce/domain";
import type pg from "pg";
import { acceptOne, claimOne, createTestDatabase, emptyTables, insertMerchant } from "../testing.ts";
import { findPaymentsForOperators } from "./find-payments-for-operators.ts";
import { LIST_SCAN_LIMIT, listPaymentsForOperators } from "./list-payments-for-operators.ts";
import { findScans, insertManyPayments } from "./testing-plans.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let otherMerchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
  otherMerchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(() => emptyTables(testDatabase.db, "payments"));

const accept = (overrides = {}, of = merchantId) => acceptOne(testDatabase.db, of, overrides);
const list = async (filter: Partial<Parameters<typeof listPaymentsForOperators>[1]> = {}) => {
  const page = await listPaymentsForOperators(testDatabase.db.pool, { limit: 50, ...filter });
  return { ...page, ids: page.payments.map(({ id }) => id) };
};
const find = async (...args: [string, { merchantId?: string }?]) =>
  (await findPaymentsForOperators(testDatabase.db.pool, ...args)).map(({ id }) => id);
const set = (id: string, assignments: string) =>
  testDatabase.db.pool.query(`UPDATE payments SET ${assignments} WHERE id = $1`, [id]);
const cancel = (id: string) => set(id, "status = 'canceled', next_action_at = NULL");

describe("the list of payments", () => {
  test("has those of every merchant, the newest first, page by page, none twice and none left out", async () => {
    const ids = [await accept(), await accept({}, otherMerchantId), await accept(), await accept(), await accept()];
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, before: first.next ?? undefined });
    const third = await list({ limit: 2, before: second.next ?? undefined });
    expect([...first.ids, ...second.ids, ...third.ids]).toEqual([...ids].reverse());
    expect(third.next).toBeNull();
  });

  test("names the merchant, and gives amounts as numbers and times as dates", async () => {
    await accept({ amountMinor: 999_999_999_999 });
    const { payments } = await list();
    expect(payments).toMatchObject([
      { merchantName: "Test", amountMinor: 999_999_999_999, createdAt: expect.any(Date) },
    ]);
  });

  test("can be of one state, and of one merchant", async () => {
    const [queued, charging, canceled, ofAnother] = [
      await accept(),
      await accept(),
      await accept(),
      await accept({}, otherMerchantId),
    ];
    await claimOne(testDatabase.db, charging);
    await cancel(canceled);
    expect((await list({ status: "queued" })).ids).toEqual([ofAnother, queued]);
    expect((await list({ status: "charging" })).ids).toEqual([charging]);
    expect((await list({ status: "canceled" })).ids).toEqual([canceled]);
    expect((await list({ status: "dead_lettered" })).ids).toEqual([]);
    expect((await list({ status: "queued", merchantId: otherMerchantId })).ids).toEqual([ofAnother]);
    expect((await list({ merchantId })).ids).toEqual([canceled, charging, queued]);
  });

  test("of a rare state looks through so many and no more, says so, and goes on from there", async () => {
    const { pool } = testDatabase.db;
    await insertManyPayments(pool, merchantId, { succeeded: LIST_SCAN_LIMIT + 10 });
    const rare = `pay_${"1".padStart(25, "0")}s`;
    await cancel(rare);
    const first = await list({ status: "canceled" });
    expect(first).toMatchObject({ ids: [], isCutOff: true, next: `pay_${"11".padStart(25, "0")}s` });
    const second = await list({ status: "canceled", before: first.next ?? undefined });
    expect(second).toMatchObject({ ids: [rare], isCutOff: false, next: null });
  });
});

describe("a search", () => {
  test("finds a payment by its id, its object, its key and its order, whole", async () => {
    const id = await accept({ idempotencyKey: "the-key", orderReference: "the-order" });
    await set(id, "provider_object_id = 'pi_the_object'");
    await accept({ idempotencyKey: "the-key-2", orderReference: "the-order-2" });
    for (const search of [id, "pi_the_object", "the-key", "the-order"]) expect(await find(search)).toEqual([id]);
    expect(await find("the-")).toEqual([]);
  });

  test("finds what several merchants have of one key, and can be of one merchant", async () => {
    const [one, other] = [
      await accept({ idempotencyKey: "same" }),
      await accept({ idempotencyKey: "same" }, otherMerchantId),
    ];
    expect(await find("same")).toEqual([other, one]);
    expect(await find("same", { merchantId })).toEqual([one]);
  });

  test("finds all payments of an order, also those that were canceled", async () => {
    const first = await accept({ orderReference: "again" });
    await cancel(first);
    const second = await accept({ orderReference: "again" });
    expect(await find("again")).toEqual([second, first]);
  });
});

test("neither list nor search reads all payments, also where there are many merchants", async () => {
  const { pool } = testDatabase.db;
  await pool.query("INSERT INTO merchants (id, name) SELECT 'mer_' || n, 'Many' FROM generate_series(1, 2000) n");
  await pool.query("ANALYZE merchants");
  await insertManyPayments(pool, merchantId, { succeeded: 60_000, queued: 500 });
  for (const status of [undefined, ...PAYMENT_STATES]) {
    const read = (by: pg.Pool) => listPaymentsForOperators(by, { limit: 50, status });
    expect({ status, scans: await findScans(pool, "payments", read) }).toEqual({ status, scans: [] });
  }
  const ofMerchant = (by: pg.Pool) => listPaymentsForOperators(by, { limit: 50, merchantId, status: "canceled" });
  expect(await findScans(pool, "payments", ofMerchant)).toEqual([]);
  expect(await findScans(pool, "payments", (by) => findPaymentsForOperators(by, "key-succeeded77"))).toEqual([]);
});
