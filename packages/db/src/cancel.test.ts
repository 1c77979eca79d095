import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cancelPayment, finishCancel } from "./cancel.ts";
import { settleAttempts } from "./settle.ts";
import { storeProviderObject } from "./store-provider-object.ts";
import { acceptOne, claimOne, createTestDatabase, insertMerchant, makeDue, settleRequest } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const newPayment = () => acceptOne(testDatabase.db, merchantId);
const cancel = (id: string, owner = merchantId) => cancelPayment(testDatabase.db.pool, { id, merchantId: owner });
const read = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT * FROM payments WHERE id = $1", [id])).rows[0];
const kindsOf = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT kind FROM timeline WHERE payment_id = $1 ORDER BY version", [id])).rows.map(
    ({ kind }) => kind,
  );

/** A payment that waits for its next try and has an object at the provider. */
async function waitingWithObject(): Promise<string> {
  const id = await newPayment();
  const claim = await claimOne(testDatabase.db, id);
  if (!claim) throw new Error("expected to win the claim");
  const stored = { paymentId: id, version: claim.version, objectId: `pi_${id}`, mayHaveCharged: false };
  const version = Number(await storeProviderObject(testDatabase.db.pool, stored));
  await settleAttempts(testDatabase.db.pool, [settleRequest({ ...claim, version }, { waitMs: 3_600_000 })]);
  return id;
}

describe("canceling", () => {
  test("a payment that was never tried ends it here and now, and pressing again is no error", async () => {
    const id = await newPayment();
    expect(await cancel(id)).toBe("canceled");
    expect(await cancel(id)).toBe("canceled");
    expect(await read(id)).toMatchObject({ status: "canceled", version: 2, next_action_at: null });
    expect(await kindsOf(id)).toEqual(["queued", "canceled"]);
    expect(await claimOne(testDatabase.db, id, 60_000, true)).toBeUndefined();
  });

  test("frees the order", async () => {
    const id = await acceptOne(testDatabase.db, merchantId, { orderReference: "order-1" });
    await cancel(id);
    await acceptOne(testDatabase.db, merchantId, { orderReference: "order-1" });
  });

  test("and claiming at once has one winner", async () => {
    for (let i = 0; i < 30; i++) {
      const id = await newPayment();
      const [canceled, claim] = await Promise.all([cancel(id), claimOne(testDatabase.db, id)]);
      expect([canceled, claim === undefined]).toEqual(claim ? ["refused", false] : ["canceled", true]);
      expect((await read(id)).status).toBe(claim ? "charging" : "canceled");
    }
  });

  test("another merchant's payment finds none", async () => {
    const id = await newPayment();
    expect(await cancel(id, await insertMerchant(testDatabase.db))).toBe("not_found");
    expect((await read(id)).status).toBe("queued");
  });

  test.each([
    ["being charged", "status = 'charging'"],
    ["perhaps charged", "status = 'unknown', outcome_unknown = true, provider_object_id = $1"],
    ["charged", "status = 'succeeded', provider_object_id = $1, next_action_at = NULL"],
    ["declined", "status = 'declined', failure_code = 'x', next_action_at = NULL"],
    ["dead-lettered", "status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL"],
  ])("a payment that is %s is refused", async (_what, state) => {
    const id = await newPayment();
    await testDatabase.db.pool.query(`UPDATE payments SET ${state} WHERE id = $1`, [id]);
    expect(await cancel(id)).toBe("refused");
  });
});

describe("canceling a payment that has an object at the provider", () => {
  test("asks for the object to be closed first, and nobody may charge it meanwhile", async () => {
    const id = await waitingWithObject();
    expect(await cancel(id)).toBe("requested");
    expect(await cancel(id)).toBe("requested");
    await makeDue(testDatabase.db, id);
    expect(await claimOne(testDatabase.db, id)).toBeUndefined();
    expect(await read(id)).toMatchObject({ status: "retry_wait", cancel_requested: true });
    const { rows } = await testDatabase.db.pool.query("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id", [
      id,
    ]);
    expect(rows.at(-1)).toEqual({ kind: "look_again" });
  });

  test("ends as canceled once the object is closed", async () => {
    const id = await waitingWithObject();
    await cancel(id);
    expect(await finishCancel(testDatabase.db.pool, await read(id), true)).toBe(true);
    expect(await read(id)).toMatchObject({ status: "canceled", cancel_requested: false });
    expect((await kindsOf(id)).slice(-2)).toEqual(["cancel_requested", "canceled"]);
  });

  test("is taken back when the object had charged, and the payment is looked at", async () => {
    const id = await waitingWithObject();
    await cancel(id);
    const asRead = await read(id);
    expect(await finishCancel(testDatabase.db.pool, asRead, false)).toBe(true);
    expect(await read(id)).toMatchObject({ status: "retry_wait", cancel_requested: false });
    expect(await finishCancel(testDatabase.db.pool, asRead, true)).toBe(false);
    expect(await claimOne(testDatabase.db, id, 60_000, true)).toMatchObject({ isHinted: true });
  });
});
