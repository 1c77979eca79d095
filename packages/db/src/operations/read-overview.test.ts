import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openAnomaly } from "../open-anomaly.ts";
import { settleAttempts } from "../settle.ts";
import { acceptOne, claimOne, createTestDatabase, emptyTables, insertMerchant, settleRequest } from "../testing.ts";
import { OVERVIEW_COUNT_LIMIT } from "./bounded-count.ts";
import { readOverview } from "./read-overview.ts";
import { findScans, insertManyPayments } from "./testing-plans.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(() => emptyTables(testDatabase.db, "payments", "outbox", "anomalies", "queue_pauses"));

const read = () => readOverview(testDatabase.db.pool);
const makeUnknown = async () => {
  const id = await acceptOne(testDatabase.db, merchantId);
  const claim = await claimOne(testDatabase.db, id);
  if (!claim) throw new Error("not claimed");
  await testDatabase.db.pool.query("UPDATE payments SET provider_object_id = 'pi_' || id WHERE id = $1", [id]);
  const outcome = { outcome: "unknown", status: "unknown", outcomeUnknown: true, waitMs: 60_000 } as const;
  await settleAttempts(testDatabase.db.pool, [settleRequest(claim, outcome)]);
  return id;
};
const makeDead = (id: string, outcomeUnknown: boolean) =>
  testDatabase.db.pool.query(
    `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL,
       outcome_unknown = $2, provider_object_id = 'pi_' || id, updated_at = now() - interval '2 hours' WHERE id = $1`,
    [id, outcomeUnknown],
  );

describe("the overview", () => {
  test("of an empty system is all zeros and nothing that is oldest", async () => {
    expect(await read()).toMatchObject({
      outbox: { count: 0, isMore: false, oldestAgeSeconds: null },
      moving: { count: 0, isMore: false, byState: {} },
      oldestUnknown: null,
      deadLetters: { count: 0, outcomeUnknown: 0, oldestAgeSeconds: null },
      openAnomalies: { count: 0, oldestAgeSeconds: null },
      pauses: [],
    });
  });

  test("counts what moves by its state, and names the oldest payment whose outcome is unknown", async () => {
    const [oldest] = [await makeUnknown(), await makeUnknown()];
    await acceptOne(testDatabase.db, merchantId);
    const { moving, oldestUnknown } = await read();
    expect(moving).toEqual({ count: 3, isMore: false, byState: { queued: 1, unknown: 2 } });
    expect(oldestUnknown).toMatchObject({ id: oldest, nextActionAt: expect.any(Date) });
    expect(oldestUnknown?.ageSeconds).toBeGreaterThanOrEqual(0);
  });

  test("tells the outbox's depth and the age of its oldest row", async () => {
    await acceptOne(testDatabase.db, merchantId);
    await testDatabase.db.pool.query("UPDATE outbox SET created_at = now() - interval '5 minutes'");
    await acceptOne(testDatabase.db, merchantId);
    const { outbox } = await read();
    expect(outbox.count).toBe(2);
    expect(Math.floor(outbox.oldestAgeSeconds ?? 0)).toBe(300);
  });

  test("tells dead letters that may have been charged from those that were not", async () => {
    const ids = [await acceptOne(testDatabase.db, merchantId), await acceptOne(testDatabase.db, merchantId)];
    for (const [index, id] of ids.entries()) await makeDead(id, index === 0);
    const { deadLetters } = await read();
    expect(deadLetters).toMatchObject({ count: 2, outcomeUnknown: 1 });
    expect(deadLetters.oldestAgeSeconds).toBeGreaterThanOrEqual(7_200);
  });

  test("counts anomalies that are open, and no others", async () => {
    const { pool } = testDatabase.db;
    for (const object of ["pi_1", "pi_2"]) {
      const report = { kind: "charge_without_payment", paymentId: null, providerObjectId: object, evidence: {} };
      await openAnomaly(pool, report);
    }
    await pool.query("UPDATE anomalies SET resolved_at = now() WHERE provider_object_id = 'pi_1'");
    expect((await read()).openAnomalies).toMatchObject({ count: 1, isMore: false });
  });

  test("shows operators' pauses with their reason", async () => {
    await testDatabase.db.pool.query("INSERT INTO queue_pauses (queue, reason) VALUES ('charges', 'an outage')");
    expect((await read()).pauses).toEqual([{ queue: "charges", reason: "an outage", pausedAt: expect.any(Date) }]);
  });
});

describe("with many payments", () => {
  test("reads no table of payments whole, and counts no further than its limit", async () => {
    const { pool } = testDatabase.db;
    await insertManyPayments(pool, merchantId, { succeeded: 60_000, queued: OVERVIEW_COUNT_LIMIT + 5 });
    expect(await findScans(pool, "payments", readOverview)).toEqual([]);
    const { moving } = await read();
    expect(moving).toMatchObject({ count: OVERVIEW_COUNT_LIMIT, isMore: true });
    // One more than the limit was looked at, and not all.
    expect(moving.byState).toEqual({ queued: OVERVIEW_COUNT_LIMIT + 1 });
  });

  test("the check of the plan sees a table that is read whole", async () => {
    const { pool } = testDatabase.db;
    await insertManyPayments(pool, merchantId, { succeeded: 1_000 });
    const whole = "SELECT count(*) FROM payments WHERE description = $1";
    expect(await findScans(pool, "payments", (listening) => listening.query(whole, ["x"]))).toEqual([whole]);
  });
});
