import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { adoptOutcome } from "./inspect.ts";
import { openAnomaly } from "./open-anomaly.ts";
import { recordProviderEvent } from "./record-provider-event.ts";
import { settleAttempts } from "./settle.ts";
import { acceptOne, claimOne, createTestDatabase, insertMerchant, settleRequest } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const newPayment = () => acceptOne(testDatabase.db, merchantId);
const rows = async (sql: string, id: string) => (await testDatabase.db.pool.query(sql, [id])).rows;
const read = async (id: string) => (await rows("SELECT * FROM payments WHERE id = $1", id))[0];
const outboxOf = async (id: string) =>
  (await rows("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id", id)).map(({ kind }) => kind);

describe("an anomaly", () => {
  const report = (paymentId: string | null) => ({
    kind: "charged_though_declined",
    paymentId,
    providerObjectId: "pi_1",
    evidence: [{ operation: "retrieve" as const, at: "2026-01-01T00:00:00Z", durationMs: 1 }],
  });

  test("is opened once, stands in the payment's timeline, and changes nothing of the payment", async () => {
    const id = await newPayment();
    const before = await read(id);
    const opened = await Promise.all(Array.from({ length: 8 }, () => openAnomaly(testDatabase.db.pool, report(id))));
    expect(opened.filter(Boolean)).toHaveLength(1);
    expect(await read(id)).toEqual(before);
    expect(await rows("SELECT kind, code FROM timeline WHERE payment_id = $1 AND kind = 'anomaly'", id)).toEqual([
      { kind: "anomaly", code: "charged_though_declined" },
    ]);
  });

  test("of a charge without a payment is possible", async () => {
    expect(await openAnomaly(testDatabase.db.pool, { ...report(null), kind: "charge_without_payment" })).toBe(true);
  });

  test("is opened with the settle of an attempt that saw other money than asked for", async () => {
    const id = await newPayment();
    const claim = await claimOne(testDatabase.db, id);
    if (!claim) throw new Error("expected to win the claim");
    const settle = settleRequest(claim, {
      status: "dead_lettered",
      waitMs: null,
      deadLetterReason: "provider_mismatch",
      anomaly: { id: newId("ano"), kind: "provider_mismatch", providerObjectId: "pi_9" },
    });
    await settleAttempts(testDatabase.db.pool, [settle]);
    expect(await rows("SELECT kind, provider_object_id FROM anomalies WHERE payment_id = $1", id)).toEqual([
      { kind: "provider_mismatch", provider_object_id: "pi_9" },
    ]);
  });
});

describe("a webhook of the provider", () => {
  const event = (paymentId: string | null, id = `evt_${newId("pay")}`) => ({
    id,
    type: "payment_intent.succeeded",
    paymentId,
    refundId: null,
    isAboutRefunds: false,
    providerObjectId: "pi_1",
    createdAt: new Date(),
  });

  test("is stored once however often it comes, and wakes one look", async () => {
    const id = await newPayment();
    const same = event(id);
    const stored = await Promise.all(Array.from({ length: 10 }, () => recordProviderEvent(testDatabase.db.pool, same)));
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect(await outboxOf(id)).toEqual(["accepted", "look_again"]);
  });

  test("about a payment that is not here is kept, and wakes nobody", async () => {
    const unknown = newId("pay");
    expect(await recordProviderEvent(testDatabase.db.pool, event(unknown))).toBe(true);
    expect(await recordProviderEvent(testDatabase.db.pool, event(null))).toBe(true);
    expect(await outboxOf(unknown)).toEqual([]);
  });

  test("changes nothing of the payment by itself", async () => {
    const id = await newPayment();
    const before = await read(id);
    await recordProviderEvent(testDatabase.db.pool, event(id));
    expect(await read(id)).toEqual(before);
  });
});

describe("adopting an outcome", () => {
  async function deadLetter() {
    const id = await newPayment();
    await testDatabase.db.pool.query(
      `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL,
         outcome_unknown = true, provider_object_id = $2 WHERE id = $1`,
      [id, `pi_${id}`],
    );
    return id;
  }

  test("ends a dead letter as the provider's object says, and announces it", async () => {
    const id = await deadLetter();
    expect(await adoptOutcome(testDatabase.db.pool, await read(id), { status: "succeeded" })).toBe(true);
    expect(await read(id)).toMatchObject({ status: "succeeded", outcome_unknown: false, dead_letter_reason: null });
    expect(await outboxOf(id)).toEqual(["accepted", "event"]);
  });

  test("does nothing to a payment that moved on meanwhile", async () => {
    const id = await deadLetter();
    const asRead = await read(id);
    await adoptOutcome(testDatabase.db.pool, asRead, { status: "declined", failureCode: "canceled_at_provider" });
    expect(await adoptOutcome(testDatabase.db.pool, asRead, { status: "succeeded" })).toBe(false);
    expect(await read(id)).toMatchObject({ status: "declined", failure_code: "canceled_at_provider" });
  });
});
