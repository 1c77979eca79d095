import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { claimedRefund, createTestDatabase, insertMerchant, refundOne, succeedOne } from "@payonce/db/testing";
import type { ProviderRefund } from "@payonce/domain";
import { leaseMsFor } from "../charge-payment.ts";
import { compareRefunds } from "./compare-refunds.ts";
import { refundPayment } from "./refund-payment.ts";
import { createScriptedRefunds, type ScriptedRefunds } from "./scripted-refunds.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const rows = async (sql: string, ...values: unknown[]) => (await testDatabase.db.pool.query(sql, values)).rows;
const read = async (id: string) => (await rows("SELECT * FROM refunds WHERE id = $1", id))[0];
const anomaliesOf = async (paymentId: string) =>
  (await rows("SELECT kind FROM anomalies WHERE payment_id = $1 ORDER BY id", paymentId)).map(({ kind }) => kind);
const sumsOf = async (paymentId: string) =>
  (
    await rows(
      "SELECT refund_reserved_minor::int AS reserved, refunded_minor::int AS refunded FROM payments WHERE id = $1",
      paymentId,
    )
  )[0];

/** A refund that the provider has, as `state`. */
async function refundAt(provider: ScriptedRefunds, paymentId: string): Promise<string> {
  const id = await refundOne(testDatabase.db, merchantId, { paymentId });
  const claim = await claimedRefund(testDatabase.db, id);
  const waits = { retryWaitsMs: [0], lookWaitsMs: [60_000] };
  const options = {
    pool: testDatabase.db.pool,
    provider,
    account: "acct_test",
    leaseMs: leaseMsFor(1_000),
    random: () => 0.5,
  };
  await refundPayment({ ...options, ...waits }, claim, { isOver: () => false });
  provider.calls.length = 0;
  return id;
}
const compare = (provider: ScriptedRefunds, paymentId: string, account = "acct_test") =>
  compareRefunds(
    { pool: testDatabase.db.pool, provider, account, lookWaitsMs: [60_000, 600_000], random: () => 0.5 },
    paymentId,
  );
const stranger = (more: Partial<ProviderRefund> = {}): ProviderRefund => ({
  id: "re_stranger",
  state: "succeeded",
  amountMinor: 500,
  currency: "eur",
  failureReason: null,
  refundId: null,
  ...more,
});

describe("comparing a payment's refunds with the provider's", () => {
  test("ends what was pending, and puts off what still is", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const provider = createScriptedRefunds({ state: "pending" });
    const [done, under] = [await refundAt(provider, paymentId), await refundAt(provider, paymentId)];
    const listed = provider.made.get(`pi_${paymentId}`) ?? [];
    provider.made.set(
      `pi_${paymentId}`,
      listed.map((one) => (one.refundId === done ? { ...one, state: "succeeded" } : one)),
    );
    expect(await compare(provider, paymentId)).toBe("compared");
    expect(provider.calls).toEqual(["list"]);
    expect(await read(done)).toMatchObject({ status: "succeeded" });
    expect(await read(under)).toMatchObject({ status: "pending", looks: 1 });
    expect(await sumsOf(paymentId)).toEqual({ reserved: 2000, refunded: 1000 });
  });

  test("takes back a success that the bank has sent back, once, and its amount can be refunded again", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId, { amountMinor: 1000 });
    const provider = createScriptedRefunds();
    const id = await refundAt(provider, paymentId);
    provider.say(`pi_${paymentId}`, "failed", "expired_or_canceled_card");
    await Promise.all([compare(provider, paymentId), compare(provider, paymentId), compare(provider, paymentId)]);
    expect(await read(id)).toMatchObject({ status: "failed", failure_code: "expired_or_canceled_card" });
    expect(await sumsOf(paymentId)).toEqual({ reserved: 0, refunded: 0 });
    expect(await anomaliesOf(paymentId)).toEqual([]);
    await refundOne(testDatabase.db, merchantId, { paymentId });
  });

  test("flips nothing that contradicts a failure: a person is told, once", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const provider = createScriptedRefunds({ state: "failed" });
    const id = await refundAt(provider, paymentId);
    const before = await read(id);
    provider.say(`pi_${paymentId}`, "succeeded");
    await compare(provider, paymentId);
    await compare(provider, paymentId);
    expect(await read(id)).toEqual(before);
    expect(await anomaliesOf(paymentId)).toEqual(["refund_succeeded_though_failed"]);
  });

  test("tells of money that others sent back, and of refunds of ours that are not here", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const provider = createScriptedRefunds();
    provider.made.set(`pi_${paymentId}`, [
      stranger(),
      stranger({ id: "re_lost", refundId: "ref_of_a_lost_backup" }),
      stranger({ id: "re_void", state: "failed" }),
    ]);
    await compare(provider, paymentId);
    await compare(provider, paymentId);
    expect((await anomaliesOf(paymentId)).sort()).toEqual(["refund_made_elsewhere", "refund_without_request"]);
    expect(await sumsOf(paymentId)).toEqual({ reserved: 0, refunded: 0 });
  });

  test("does not take a refund for a stranger that was asked for while it looked", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const provider = createScriptedRefunds();
    const { listRefunds } = provider;
    provider.listRefunds = async (object) => {
      provider.listRefunds = listRefunds;
      await refundAt(provider, paymentId);
      return listRefunds(object);
    };
    expect(await compare(provider, paymentId)).toBe("compared");
    expect(await anomaliesOf(paymentId)).toEqual([]);
  });

  test("tells of a refund that was made twice", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const provider = createScriptedRefunds();
    const id = await refundAt(provider, paymentId);
    const [one] = provider.made.get(`pi_${paymentId}`) ?? [];
    if (one) provider.made.set(`pi_${paymentId}`, [one, { ...one, id: "re_again" }]);
    await compare(provider, paymentId);
    expect(await anomaliesOf(paymentId)).toEqual(["refund_doubled"]);
    expect(await read(id)).toMatchObject({ status: "succeeded" });
  });

  test("has a charger see to one that is not settled here, and is there", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const id = await refundOne(testDatabase.db, merchantId, { paymentId });
    const provider = createScriptedRefunds();
    provider.made.set(`pi_${paymentId}`, [stranger({ refundId: id, amountMinor: 1000 })]);
    await compare(provider, paymentId);
    expect(await read(id)).toMatchObject({ status: "queued" });
    const outbox = await rows("SELECT kind FROM outbox WHERE refund_id = $1 ORDER BY id", id);
    expect(outbox.map(({ kind }) => kind)).toEqual(["refund_dispatch", "refund_look"]);
  });

  test("decides nothing without the whole list, and asks nothing at another account", async () => {
    const paymentId = await succeedOne(testDatabase.db, merchantId);
    const provider = createScriptedRefunds({ list: ["unanswered"] });
    expect(await compare(provider, paymentId)).toBe("unseen");
    expect(await compare(provider, paymentId, "acct_other")).toBe("account_differs");
    expect(provider.calls).toEqual(["list"]);
  });
});
