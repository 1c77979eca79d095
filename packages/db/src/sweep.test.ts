import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { dispatchAgain, FIRST_PAGE, findOverduePayments } from "./sweep.ts";
import { acceptOne, claimOne, createTestDatabase, emptyTables, insertMerchant, makeDue } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(() => emptyTables(testDatabase.db, "payments", "attempts", "timeline", "outbox"));

const overdue = (limit = 100, after: { nextActionAt: string; id: string } = FIRST_PAGE) =>
  findOverduePayments(testDatabase.db.pool, 1_000, after, limit);
const again = (payments: { id: string; dispatch: number }[], max = 10) =>
  dispatchAgain(testDatabase.db.pool, payments, max);
const publishAll = () => testDatabase.db.pool.query("DELETE FROM outbox");
const read = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT * FROM payments WHERE id = $1", [id])).rows[0];
const lost = async () => {
  const id = await acceptOne(testDatabase.db, merchantId);
  await publishAll();
  await makeDue(testDatabase.db, id);
  return id;
};

describe("overdue payments", () => {
  test("are those whose time has passed and whose job was published", async () => {
    const id = await lost();
    await acceptOne(testDatabase.db, merchantId);
    expect(await overdue()).toMatchObject([{ id, dispatch: 0 }]);
  });

  test("do not include a payment whose outbox row still waits for a relay", async () => {
    const id = await acceptOne(testDatabase.db, merchantId);
    await makeDue(testDatabase.db, id);
    expect(await overdue()).toEqual([]);
  });

  test("include one whose charger died in mid-attempt", async () => {
    const id = await lost();
    await claimOne(testDatabase.db, id);
    expect(await overdue()).toEqual([]);
    await makeDue(testDatabase.db, id);
    expect(await overdue()).toMatchObject([{ id }]);
  });

  test("come page by page, none twice and none left out", async () => {
    const ids = [await lost(), await lost(), await lost(), await lost(), await lost()];
    const seen: string[] = [];
    let after: { nextActionAt: string; id: string } = FIRST_PAGE;
    for (;;) {
      const page = await overdue(2, after);
      seen.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (!last) break;
      after = last;
    }
    expect([...seen].sort()).toEqual([...ids].sort());
  });
});

describe("dispatching again", () => {
  test("gives a new job and does not touch the version, so a charger at work keeps its hold", async () => {
    const id = await lost();
    expect(await again([{ id, dispatch: 0 }])).toMatchObject({ dispatched: 1, deadLettered: 0 });
    expect(await read(id)).toMatchObject({ dispatch: 1, version: 1, status: "queued" });
    const { rows } = await testDatabase.db.pool.query("SELECT kind, dispatch FROM outbox");
    expect(rows).toEqual([{ kind: "dispatch", dispatch: 1 }]);
  });

  test("by several sweeps at once happens once", async () => {
    const id = await lost();
    const results = await Promise.all(Array.from({ length: 8 }, () => again([{ id, dispatch: 0 }])));
    expect(results.filter(({ dispatched }) => dispatched === 1)).toHaveLength(1);
  });

  test("does nothing for a payment that moved on meanwhile", async () => {
    const id = await lost();
    await claimOne(testDatabase.db, id);
    expect(await again([{ id, dispatch: 0 }])).toMatchObject({ dispatched: 0, deadLettered: 0 });
  });

  test("ends as a dead letter when ten jobs in a row led to no claim", async () => {
    const id = await lost();
    for (let dispatch = 0; dispatch < 10; dispatch++) await again([{ id, dispatch }]);
    expect(await again([{ id, dispatch: 10 }])).toMatchObject({ dispatched: 0, deadLettered: 1 });
    expect(await read(id)).toMatchObject({
      status: "dead_lettered",
      dead_letter_reason: "no_progress",
      outcome_unknown: false,
    });
  });

  test("counts from zero again after a claim", async () => {
    const id = await lost();
    await again([{ id, dispatch: 0 }]);
    await claimOne(testDatabase.db, id);
    expect((await read(id)).idle_dispatches).toBe(0);
  });

  test("ends a cancel that made no progress as well, and its neighbours are not held up", async () => {
    const [canceling, neighbour] = [await lost(), await lost()];
    await testDatabase.db.pool.query(
      "UPDATE payments SET cancel_requested = true, provider_object_id = 'pi_' || id, idle_dispatches = 10 WHERE id = $1",
      [canceling],
    );
    const both = [canceling, neighbour].map((id) => ({ id, dispatch: 0 }));
    expect(await again(both)).toMatchObject({ dispatched: 1, deadLettered: 1 });
    expect(await read(canceling)).toMatchObject({ status: "dead_lettered", cancel_requested: false });
  });

  test("keeps it unknown whether money moved when an attempt was cut off in mid-confirm", async () => {
    const id = await lost();
    await claimOne(testDatabase.db, id);
    await testDatabase.db.pool.query(
      "UPDATE payments SET provider_object_id = 'pi_' || id, idle_dispatches = 10 WHERE id = $1",
      [id],
    );
    await makeDue(testDatabase.db, id);
    await again([{ id, dispatch: 0 }]);
    expect(await read(id)).toMatchObject({ status: "dead_lettered", outcome_unknown: true });
  });
});
