import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { openAnomaly } from "../open-anomaly.ts";
import { recordProviderEvent } from "../record-provider-event.ts";
import { settleAttempts } from "../settle.ts";
import { acceptOne, claimOne, createTestDatabase, insertMerchant, settleRequest, TEST_IDENTITY } from "../testing.ts";
import { lookUp } from "./look-up.ts";
import { readPaymentEvidence } from "./read-payment-evidence.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const read = async (id: string) => {
  const evidence = await readPaymentEvidence(testDatabase.db.pool, id);
  if (!evidence) throw new Error("no such payment");
  return evidence;
};
const ACTOR = { operatorId: null, name: "cli:test", via: "cli" } as const;

describe("what is known of a payment", () => {
  test("that was just accepted is its request, its first state and its outbox row", async () => {
    const overrides = { orderReference: "1001", description: "Bread", metadata: { cart: "7" }, idempotencyKey: "k-1" };
    const id = await acceptOne(testDatabase.db, merchantId, overrides);
    const evidence = await read(id);
    expect(evidence.payment).toMatchObject({
      id,
      ...overrides,
      merchantName: "Test",
      amountMinor: 4200,
      status: "queued",
      version: 1,
      createdAt: expect.any(Date),
      nextActionAt: expect.any(Date),
    });
    expect(evidence).toMatchObject({
      timeline: [{ version: 1, kind: "queued", at: expect.any(Date), code: null }],
      attempts: [],
      outbox: [{ kind: "accepted", tries: 0, createdAt: expect.any(Date), notBefore: expect.any(Date) }],
      webhooks: [],
      anomalies: [],
      actions: [],
      isCutOff: false,
    });
  });

  test("holds its attempts with the provider's calls, its webhooks, its anomalies and what operators did", async () => {
    const { db } = testDatabase;
    const id = await acceptOne(db, merchantId);
    const claim = await claimOne(db, id);
    if (!claim) throw new Error("not claimed");
    await db.pool.query("UPDATE payments SET provider_object_id = 'pi_1' WHERE id = $1", [id]);
    const call = { operation: "confirm", at: "2026-11-22T10:00:00.000Z", durationMs: 5, code: "timeout" } as const;
    const outcome = { outcome: "unknown", status: "unknown", outcomeUnknown: true, evidence: [call] } as const;
    await settleAttempts(db.pool, [settleRequest(claim, { ...outcome, code: "timeout" })]);
    const event = { id: newId("req"), type: "payment_intent.succeeded", providerObjectId: "pi_1" };
    await recordProviderEvent(db.pool, {
      ...event,
      paymentId: id,
      refundId: null,
      isAboutRefunds: false,
      createdAt: new Date(0),
    });
    await openAnomaly(db.pool, {
      kind: "provider_mismatch",
      paymentId: id,
      providerObjectId: "pi_1",
      evidence: [call],
    });
    await lookUp(db.pool, ACTOR, id, "to be sure");

    const evidence = await read(id);
    expect(evidence.payment).toMatchObject({ providerAccount: TEST_IDENTITY.account, outcomeUnknown: true });
    expect(evidence.timeline.map(({ kind }) => kind)).toEqual(["queued", "charging", "unknown", "anomaly"]);
    expect(evidence.attempts).toMatchObject([
      { number: 1, outcome: "unknown", code: "timeout", evidence: [call], endedAt: expect.any(Date) },
    ]);
    expect(evidence.webhooks).toMatchObject([
      { type: event.type, createdAt: new Date(0), receivedAt: expect.any(Date) },
    ]);
    expect(evidence.anomalies).toMatchObject([
      { kind: "provider_mismatch", openedAt: expect.any(Date), resolvedAt: null },
    ]);
    expect(evidence.actions).toMatchObject([
      { action: "look_up", actor: "cli:test", via: "cli", reason: "to be sure", before: { status: "unknown" } },
    ]);
    expect(evidence.outbox.at(-1)).toMatchObject({ kind: "look_again" });
  });

  test("is of that payment alone", async () => {
    const [one, other] = [await acceptOne(testDatabase.db, merchantId), await acceptOne(testDatabase.db, merchantId)];
    await claimOne(testDatabase.db, other);
    expect((await read(one)).attempts).toEqual([]);
  });

  test("ends with the newest entries where there are too many, and says so", async () => {
    const id = await acceptOne(testDatabase.db, merchantId);
    await testDatabase.db.pool.query(
      "INSERT INTO attempts (id, payment_id, number) SELECT 'att_' || n, $1, n FROM generate_series(1, 501) n",
      [id],
    );
    const { attempts, isCutOff } = await read(id);
    expect({ first: attempts[0]?.number, last: attempts.at(-1)?.number, isCutOff }).toEqual({
      first: 2,
      last: 501,
      isCutOff: true,
    });
  });

  test("is nothing for a payment that does not exist", async () => {
    expect(await readPaymentEvidence(testDatabase.db.pool, newId("pay"))).toBeNull();
  });
});
