import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { retryRefunds } from "@payonce/db";
import {
  claimedRefund,
  createTestDatabase,
  insertMerchant,
  makeRefundDue,
  refundOne,
  succeedOne,
  TEST_ACTOR,
} from "@payonce/db/testing";
import { leaseMsFor } from "../charge-payment.ts";
import { type RefundOptions, refundPayment } from "./refund-payment.ts";
import { createScriptedRefunds, type ScriptedRefunds } from "./scripted-refunds.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const newRefund = (paymentId?: string) =>
  refundOne(testDatabase.db, merchantId, paymentId === undefined ? {} : { paymentId });
const rows = async (sql: string, ...values: unknown[]) => (await testDatabase.db.pool.query(sql, values)).rows;
const read = async (id: string) => (await rows("SELECT * FROM refunds WHERE id = $1", id))[0];
const attemptsOf = (id: string) =>
  rows("SELECT outcome, code, sent_key, evidence FROM refund_attempts WHERE refund_id = $1 ORDER BY number", id);
const sumsOf = async (refundId: string) =>
  (
    await rows(
      `SELECT refund_reserved_minor::int AS reserved, refunded_minor::int AS refunded FROM payments
       WHERE id = (SELECT payment_id FROM refunds WHERE id = $1)`,
      refundId,
    )
  )[0];
const anomaliesOf = async (id: string) =>
  (await rows("SELECT kind FROM anomalies WHERE payment_id = (SELECT payment_id FROM refunds WHERE id = $1)", id)).map(
    ({ kind }) => kind,
  );
/** As if a day had passed since anything was sent. */
const aDayLater = (id: string) =>
  rows(
    "UPDATE refunds SET key_sent_at = key_sent_at - interval '1 day', last_sent_at = last_sent_at - interval '1 day' WHERE id = $1",
    id,
  );
const aWhileLater = (id: string) =>
  rows("UPDATE refunds SET last_sent_at = last_sent_at - interval '1 hour' WHERE id = $1", id);
const madeOf = (provider: ScriptedRefunds) => [...provider.made.values()].flat();
const OPEN = { isOver: () => false };

/** One attempt, as the worker makes it. */
async function attempt(id: string, provider: ScriptedRefunds, overrides: Partial<RefundOptions> = {}, window = OPEN) {
  const options: RefundOptions = {
    pool: testDatabase.db.pool,
    provider,
    account: "acct_test",
    leaseMs: leaseMsFor(1_000),
    retryWaitsMs: [0, 0, 0, 0, 0],
    lookWaitsMs: [60_000],
    random: () => 0.5,
    ...overrides,
  };
  const claim = await claimedRefund(testDatabase.db, id, { leaseMs: options.leaseMs, quietMs: 600_000 });
  return refundPayment(options, claim, window);
}

describe("an attempt at a refund", () => {
  test("announces it, asks for it, and settles as the provider says", async () => {
    const id = await newRefund();
    let announced: unknown;
    const provider = createScriptedRefunds({
      refund: [
        async () => {
          announced = await read(id);
        },
      ],
    });
    expect(await attempt(id, provider)).toEqual({ status: "succeeded", code: null, waitMs: null });
    expect(announced).toMatchObject({ status: "refunding", outcome_unknown: true, last_sent_at: expect.any(Date) });
    expect(provider.calls).toEqual([`refund ${id}-refund-1`]);
    expect(await read(id)).toMatchObject({ status: "succeeded", provider_refund_id: `re_${id}_0` });
    expect(await attemptsOf(id)).toMatchObject([
      { outcome: "succeeded", sent_key: `${id}-refund-1`, evidence: [{ operation: "refund" }] },
    ]);
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 1000 });
  });

  test("that the provider takes its time over is pending, and is looked at later", async () => {
    const id = await newRefund();
    const result = await attempt(id, createScriptedRefunds({ state: "pending" }));
    expect(result).toEqual({ status: "pending", code: null, waitMs: 60_000 });
    expect(await read(id)).toMatchObject({ status: "pending", outcome_unknown: false });
  });

  test("without an answer is unknown, and is found by looking, not by asking again", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["executed_unanswered"] });
    expect(await attempt(id, provider)).toMatchObject({ status: "unknown" });
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 0 });
    provider.forgetKeys();
    expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
    expect(provider.calls).toEqual([`refund ${id}-refund-1`, "list"]);
    expect(madeOf(provider)).toHaveLength(1);
  });

  test("that did not run is asked for again, after a look, under the same key", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered"] });
    await attempt(id, provider);
    expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
    expect(provider.calls).toEqual([`refund ${id}-refund-1`, "list", `refund ${id}-refund-1`]);
  });

  test("that was turned away waits, and is asked for again without a look", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["429"] });
    expect(await attempt(id, provider)).toMatchObject({ status: "retry_wait", code: "provider_rate_limited" });
    expect(await read(id)).toMatchObject({ outcome_unknown: false });
    await attempt(id, provider);
    expect(provider.calls).toEqual([`refund ${id}-refund-1`, `refund ${id}-refund-1`]);
  });

  test("whose list cannot be read sends nothing", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered"], list: ["unanswered"] });
    await attempt(id, provider);
    expect(await attempt(id, provider)).toMatchObject({ status: "unknown", code: "provider_timeout" });
    expect(provider.calls.at(-1)).toBe("list");
  });
});

describe("when the provider may have forgotten the key", () => {
  test("a request that may still be on its way keeps another from being sent, though the list shows none", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered", "unanswered"] });
    await attempt(id, provider);
    await aDayLater(id);
    await rows("UPDATE refunds SET last_sent_at = now() - interval '9 min' WHERE id = $1", id);
    provider.forgetKeys();
    expect(await attempt(id, provider)).toMatchObject({
      status: "unknown",
      code: "provider_refund_may_be_under_way",
    });
    expect(provider.calls).toEqual([`refund ${id}-refund-1`, "list"]);
  });

  test("and nothing can be on its way any more, it is asked for under another key, once", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered", "executed_unanswered"] });
    await attempt(id, provider);
    await aDayLater(id);
    provider.forgetKeys();
    await attempt(id, provider);
    expect(await read(id)).toMatchObject({ status: "unknown", key_number: 2 });
    await attempt(id, provider);
    expect(provider.calls).toEqual([`refund ${id}-refund-1`, "list", `refund ${id}-refund-2`, "list"]);
    expect(madeOf(provider)).toHaveLength(1);
  });

  test("and the refund is there, it is adopted", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["executed_unanswered"] });
    await attempt(id, provider);
    await aDayLater(id);
    provider.forgetKeys();
    expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
    expect(madeOf(provider)).toHaveLength(1);
  });
});

describe("a key that answers with a stored error", () => {
  test("is left for another only once all is quiet", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["stored_500"] });
    await attempt(id, provider);
    expect(await read(id)).toMatchObject({ is_key_spent: false });
    await attempt(id, provider);
    expect(await read(id)).toMatchObject({ status: "unknown", is_key_spent: true });
    expect(await attempt(id, provider)).toMatchObject({ code: "provider_refund_may_be_under_way" });
    await aWhileLater(id);
    expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
    expect(await read(id)).toMatchObject({ key_number: 2, is_key_spent: false });
    expect(madeOf(provider)).toHaveLength(1);
  });

  test("stays in use as long as it has not shown that it does: without an answer it is the safest there is", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered", "unanswered"] });
    await attempt(id, provider);
    await aWhileLater(id);
    await attempt(id, provider);
    await aWhileLater(id);
    await attempt(id, provider);
    const sent = provider.calls.filter((call) => call !== "list");
    expect(new Set(sent)).toEqual(new Set([`refund ${id}-refund-1`]));
  });
});

describe("a refusal", () => {
  test("fails the refund, gives the reservation back, and where it contradicts our sums tells a person", async () => {
    const [sums, other] = [await newRefund(), await newRefund()];
    const provider = createScriptedRefunds({
      refund: [{ code: "charge_already_refunded" }, { code: "charge_disputed" }],
    });
    expect(await attempt(sums, provider)).toMatchObject({ status: "failed", code: "charge_already_refunded" });
    expect(await attempt(other, provider)).toMatchObject({ status: "failed", code: "charge_disputed" });
    expect(await sumsOf(sums)).toEqual({ reserved: 0, refunded: 0 });
    expect(await anomaliesOf(sums)).toEqual(["refunded_elsewhere"]);
    expect(await anomaliesOf(other)).toEqual([]);
    expect(
      await rows("SELECT status FROM payments WHERE id = (SELECT payment_id FROM refunds WHERE id = $1)", sums),
    ).toEqual([{ status: "succeeded" }]);
  });

  test("while an earlier request may still be on its way decides nothing", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered", { code: "charge_already_refunded" }] });
    await attempt(id, provider);
    expect(await attempt(id, provider)).toMatchObject({ status: "unknown", code: "charge_already_refunded" });
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 0 });
  });

  test("that our own earlier request is the reason for is a success", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered", { code: "charge_already_refunded" }] });
    await attempt(id, provider);
    await aWhileLater(id);
    const { listRefunds } = provider;
    let lists = 0;
    // It comes true between the look and the refusal.
    provider.listRefunds = async (object) => {
      const answer = await listRefunds(object);
      lists += 1;
      if (lists === 1)
        provider.made.set(object.id, [
          { id: "re_late", state: "succeeded", amountMinor: 1000, currency: "eur", failureReason: null, refundId: id },
        ]);
      return answer;
    };
    expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
    expect(await anomaliesOf(id)).toEqual([]);
  });
});

describe("an answer that makes no sense", () => {
  test("about other money than asked for goes to a person at once, and stays unknown", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds();
    const { refund } = provider;
    provider.refund = async (...call) => {
      const answer = await refund(...call);
      return answer.kind === "shown" ? { ...answer, refund: { ...answer.refund, amountMinor: 1 } } : answer;
    };
    expect(await attempt(id, provider)).toMatchObject({ status: "dead_lettered" });
    expect(await read(id)).toMatchObject({ dead_letter_reason: "provider_mismatch", outcome_unknown: true });
    expect(await anomaliesOf(id)).toEqual(["provider_mismatch"]);
    expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 0 });
  });

  test("stored under the key is not believed: it may have failed since", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["executed_unanswered"] });
    await attempt(id, provider);
    const { payment_id } = await read(id);
    provider.say(`pi_${payment_id}`, "failed", "lost_or_stolen_card");
    // A backup that knew of nothing was restored.
    await rows(
      `UPDATE refunds SET status = 'queued', outcome_unknown = false, key_sent_at = NULL, last_sent_at = NULL WHERE id = $1`,
      id,
    );
    expect(await attempt(id, provider)).toMatchObject({ status: "failed", code: "lost_or_stolen_card" });
    expect(madeOf(provider)).toHaveLength(1);
  });

  test("that shows the refund twice is a person's, and the money counts", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["executed_unanswered"] });
    await attempt(id, provider);
    const { payment_id } = await read(id);
    const [one] = madeOf(provider);
    if (one) provider.made.set(`pi_${payment_id}`, [one, { ...one, id: "re_second" }]);
    expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
    expect(await anomaliesOf(id)).toEqual(["refund_doubled"]);
  });
});

describe("a charger that lost its refund to another", () => {
  test("before it asks sends nothing", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["unanswered"] });
    await attempt(id, provider);
    const { listRefunds } = provider;
    provider.listRefunds = async (object) => {
      const answer = await listRefunds(object);
      await makeRefundDue(testDatabase.db, id);
      await claimedRefund(testDatabase.db, id);
      return answer;
    };
    expect(await attempt(id, provider)).toBe("lost");
    expect(provider.calls).toEqual([`refund ${id}-refund-1`, "list"]);
  });

  test("while it asks changes nothing, keeps what it learned, and the other finds the refund", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({
      refund: [
        async () => {
          await makeRefundDue(testDatabase.db, id);
          const other = await claimedRefund(testDatabase.db, id);
          expect(other).toMatchObject({ outcomeUnknown: true });
        },
      ],
    });
    expect(await attempt(id, provider)).toBe("lost");
    expect(await read(id)).toMatchObject({ status: "refunding", outcome_unknown: true });
    expect((await attemptsOf(id))[0]).toMatchObject({ outcome: "succeeded" });
    expect((await rows("SELECT kind FROM outbox WHERE refund_id = $1 ORDER BY id", id)).at(-1)).toEqual({
      kind: "refund_look",
    });
    await makeRefundDue(testDatabase.db, id);
    expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
    expect(madeOf(provider)).toHaveLength(1);
  });

  test("whose time is over sends nothing, also where it notices only when the socket is open", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds();
    expect(await attempt(id, provider, {}, { isOver: () => true })).toMatchObject({ code: "lease_too_short" });
    expect(provider.calls).toEqual([]);
    let asked = 0;
    const result = await attempt(id, provider, {}, { isOver: () => ++asked > 1 });
    expect(result).toMatchObject({ status: "retry_wait", code: "provider_too_late" });
    expect(madeOf(provider)).toEqual([]);
    expect(await read(id)).toMatchObject({ outcome_unknown: false });
  });

  test("whose time is over after it has sent keeps the outcome unknown", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds({ refund: ["executed_unanswered"] });
    await attempt(id, provider);
    // A backup that knew of nothing was restored, so the stored answer is all there is to go by, until the list is read.
    await rows(
      "UPDATE refunds SET status = 'queued', outcome_unknown = false, key_sent_at = NULL, last_sent_at = NULL WHERE id = $1",
      id,
    );
    let asked = 0;
    const result = await attempt(id, provider, {}, { isOver: () => ++asked > 2 });
    expect(result).toMatchObject({ status: "unknown", code: "lease_too_short" });
    expect(await read(id)).toMatchObject({ outcome_unknown: true });
    expect(madeOf(provider)).toHaveLength(1);
  });

  test("at another provider account sends nothing", async () => {
    const id = await newRefund();
    const provider = createScriptedRefunds();
    expect(await attempt(id, provider, { account: "acct_other" })).toMatchObject({ code: "provider_account_differs" });
    expect(provider.calls).toEqual([]);
  });
});

test("attempts that are spent leave a dead letter, whose retry looks first", async () => {
  const id = await newRefund();
  const provider = createScriptedRefunds({ refund: ["executed_unanswered"], list: ["unanswered", "unanswered"] });
  for (let i = 0; i < 3; i++) await attempt(id, provider, { retryWaitsMs: [0, 0] });
  expect(await read(id)).toMatchObject({ status: "dead_lettered", outcome_unknown: true });
  expect(await sumsOf(id)).toEqual({ reserved: 1000, refunded: 0 });
  await retryRefunds(testDatabase.db.pool, TEST_ACTOR, [{ id }], "the provider is back");
  provider.forgetKeys();
  expect(await attempt(id, provider)).toMatchObject({ status: "succeeded" });
  expect(madeOf(provider)).toHaveLength(1);
});

test("two refunds of one payment, attempted at once, are two refunds", async () => {
  const paymentId = await succeedOne(testDatabase.db, merchantId);
  const [a, b] = [await newRefund(paymentId), await newRefund(paymentId)];
  const provider = createScriptedRefunds({ refund: ["executed_unanswered", "executed_unanswered"] });
  await Promise.all([attempt(a, provider), attempt(b, provider)]);
  await Promise.all([attempt(a, provider), attempt(b, provider)]);
  expect(
    madeOf(provider)
      .map(({ refundId }) => refundId)
      .sort(),
  ).toEqual([a, b].sort());
  expect(await sumsOf(a)).toEqual({ reserved: 2000, refunded: 2000 });
});
