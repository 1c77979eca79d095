import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Claim } from "@payonce/db";
import {
  acceptOne,
  createTestDatabase,
  insertMerchant,
  makeDue,
  settleRequest,
  TEST_IDENTITY,
} from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import type pg from "pg";
import { createPaymentWrites } from "./payment-writes.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
let pool: pg.Pool;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  ({ pool } = testDatabase.db);
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const rows = async (sql: string, ...values: unknown[]) => (await pool.query(sql, values)).rows;
const newPayments = (count: number) =>
  Promise.all(Array.from({ length: count }, () => acceptOne(testDatabase.db, merchantId)));
const request = (paymentId: string, forced = false) => ({ attemptId: newId("att"), paymentId, forced });
const stored = ({ id, version }: Claim, objectId = `pi_${id}`) => ({
  paymentId: id,
  version,
  objectId,
  mayHaveCharged: false,
});
/** The writes of one charger, and how many statements they took. */
function countedWrites() {
  const counted = { statements: 0 };
  const query = (...query: [never]) => {
    counted.statements += 1;
    return pool.query(...query);
  };
  const writes = createPaymentWrites({ query } as unknown as pg.Pool, 60_000);
  const claim = (id: string, forced = false) => writes.claim(request(id, forced), TEST_IDENTITY);
  const mustClaim = async (id: string) => {
    const held = await claim(id);
    if (!held) throw new Error("expected to win the claim");
    return held.claim;
  };
  return { counted, writes, claim, mustClaim };
}

describe("jobs at the same time", () => {
  test("share a statement for each step, and each has its own row by the time it is answered", async () => {
    const ids = await newPayments(20);
    const { counted, writes, mustClaim } = countedWrites();
    const versions = await Promise.all(
      ids.map(async (id) => {
        const claim = await mustClaim(id);
        expect(await rows("SELECT id FROM attempts WHERE payment_id = $1", id)).toEqual([{ id: claim.attemptId }]);
        return claim;
      }),
    );
    expect(counted.statements).toBe(1);
    await Promise.all(
      versions.map(async (claim) => {
        expect(await writes.store(stored(claim))).toBe(3);
        const [payment] = await rows("SELECT provider_object_id AS object FROM payments WHERE id = $1", claim.id);
        expect(payment).toEqual({ object: `pi_${claim.id}` });
      }),
    );
    expect(counted.statements).toBe(2);
    const settled = versions.map((claim) => writes.settle(settleRequest({ ...claim, version: 3 })));
    expect(new Set(await Promise.all(settled))).toEqual(new Set([4]));
    expect(counted.statements).toBe(3);
  });

  test("of one payment make one attempt, and their neighbours are claimed as if they were alone", async () => {
    const [twice = "", neighbour = ""] = await newPayments(2);
    const { counted, claim } = countedWrites();
    const held = await Promise.all([claim(twice), claim(twice, true), claim(neighbour)]);
    expect(held.map(Boolean)).toEqual([false, true, true]);
    expect(await rows("SELECT 1 FROM attempts WHERE payment_id = $1", twice)).toHaveLength(1);
    expect(counted.statements).toBe(1);
  });

  test("of one payment that is not due: the one with evidence is let in, whichever came first", async () => {
    for (const order of [
      [true, false],
      [false, true],
    ]) {
      const [id = ""] = await newPayments(1);
      const { writes, claim, mustClaim } = countedWrites();
      const first = await mustClaim(id);
      await writes.store(stored(first));
      await writes.settle(settleRequest({ ...first, version: 3 }, { waitMs: 3_600_000 }));
      const held = await Promise.all(order.map((forced) => claim(id, forced)));
      expect(held.map(Boolean)).toEqual(order);
    }
  });

  test("do not fail because one has an attempt id that is known already", async () => {
    const [first = "", second = "", neighbour = ""] = await newPayments(3);
    const { writes, claim } = countedWrites();
    const known = request(first);
    await writes.claim(known, TEST_IDENTITY);
    const again = writes.claim({ ...known, paymentId: second }, TEST_IDENTITY);
    const held = claim(neighbour);
    await expect(again).rejects.toMatchObject({ code: "23505" });
    expect((await held)?.claim.id).toBe(neighbour);
  });

  test("do not fail because one's object is another payment's: that one alone may not confirm", async () => {
    const [holder = "", robbed = "", neighbour = ""] = await newPayments(3);
    const { writes, mustClaim } = countedWrites();
    await writes.store(stored(await mustClaim(holder), "pi_held"));
    const [wants, fine] = await Promise.all([mustClaim(robbed), mustClaim(neighbour)]);
    const results = await Promise.all([writes.store(stored(wants, "pi_held")), writes.store(stored(fine))]);
    expect(results).toEqual(["taken", 3]);
    expect(await rows("SELECT provider_object_id FROM payments WHERE id = $1", robbed)).toEqual([
      { provider_object_id: null },
    ]);
  });

  test("that store two objects for one payment: only the one whose object is stored may confirm it", async () => {
    const [id = ""] = await newPayments(1);
    const { writes, mustClaim } = countedWrites();
    const claim = await mustClaim(id);
    const objects = ["pi_one", "pi_other"];
    const results = await Promise.all(objects.map((objectId) => writes.store(stored(claim, objectId))));
    const [payment] = await rows("SELECT provider_object_id AS object FROM payments WHERE id = $1", id);
    expect(results).toEqual(objects.map((objectId) => (objectId === payment.object ? 3 : "lost")));
  });

  test("store nothing for a claim that is over, beside one that holds", async () => {
    const [id = "", neighbour = ""] = await newPayments(2);
    const { writes, mustClaim } = countedWrites();
    const [over, fine] = await Promise.all([mustClaim(id), mustClaim(neighbour)]);
    await makeDue(testDatabase.db, id);
    await mustClaim(id);
    expect(await Promise.all([writes.store(stored(over)), writes.store(stored(fine))])).toEqual(["lost", 3]);
    const [payment] = await rows("SELECT provider_object_id AS object FROM payments WHERE id = $1", id);
    expect(payment).toEqual({ object: null });
  });

  test("settle an attempt twice as once, and one whose claim is over keeps its evidence, beside one that holds", async () => {
    const [id = "", lost = ""] = await newPayments(2);
    const { counted, writes, mustClaim } = countedWrites();
    const [claim, over] = await Promise.all([mustClaim(id), mustClaim(lost)]);
    await makeDue(testDatabase.db, lost);
    const current = await mustClaim(lost);
    counted.statements = 0;
    const anomaly = { id: newId("ano"), kind: "provider_mismatch", providerObjectId: null };
    const twice = settleRequest(claim, { anomaly });
    const settles = [twice, twice, settleRequest(over), settleRequest(current)];
    expect(await Promise.all(settles.map(writes.settle))).toEqual([3, 3, null, 4]);
    expect(counted.statements).toBe(1);
    const timeline = await rows("SELECT kind FROM timeline WHERE payment_id = $1 AND version = 3 ORDER BY kind", id);
    expect(timeline).toEqual([{ kind: "anomaly" }, { kind: "retry_wait" }]);
    const attempts = await rows("SELECT outcome FROM attempts WHERE payment_id = $1", lost);
    expect(attempts).toEqual([{ outcome: "not_executed" }, { outcome: "not_executed" }]);
    const looks = await rows("SELECT 1 FROM outbox WHERE payment_id = $1 AND kind = 'look_again'", lost);
    expect(looks).toHaveLength(1);
  });
});

test("waiting for one's turn takes nothing from the lease, and waiting for Postgres adds nothing to it", async () => {
  const [held = "", waiting = ""] = await newPayments(2);
  const { counted, claim } = countedWrites();
  const other = await pool.connect();
  await other.query("BEGIN");
  await other.query("SELECT 1 FROM payments WHERE id = $1 FOR UPDATE", [held]);
  const first = claim(held);
  // Its statement is under way, and hangs on the row; the next has to wait for it.
  await Promise.resolve();
  while (counted.statements === 0) await Promise.resolve();
  const second = claim(waiting);
  const waitedUntil = await other.query("SELECT 1").then(() => performance.now());
  await other.query("COMMIT");
  other.release();
  expect((await first)?.claimedAt).toBeLessThan(waitedUntil);
  expect((await second)?.claimedAt).toBeGreaterThan(waitedUntil);
});
