import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { finishCancel } from "../cancel.ts";
import { acceptOne, claimOne, createTestDatabase, deadLetterOne, insertMerchant, TEST_ACTOR } from "../testing.ts";
import { discardDeadLetter } from "./discard.ts";
import { resolveDeadLetter } from "./resolve.ts";
import { retryDeadLetters } from "./retry.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const query = async (sql: string, ...values: unknown[]) => (await testDatabase.db.pool.query(sql, values)).rows;
const read = async (id: string) => (await query("SELECT * FROM payments WHERE id = $1", id))[0];
const auditOf = (id: string) => query("SELECT * FROM audit_log WHERE payment_id = $1 ORDER BY id", id);
const kindsOf = async (id: string) =>
  (await query("SELECT kind FROM timeline WHERE payment_id = $1 ORDER BY version", id)).map(({ kind }) => kind);
const outboxOf = async (id: string) =>
  (await query("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id", id)).map(({ kind }) => kind);
const discard = (id: string, version?: number) =>
  discardDeadLetter(testDatabase.db.pool, TEST_ACTOR, { id, version }, "the customer paid in cash");
const resolve = (id: string, outcome: "succeeded" | "declined" | "canceled", version = 1) =>
  resolveDeadLetter(
    testDatabase.db.pool,
    TEST_ACTOR,
    { id, version },
    {
      outcome,
      evidence: "ch_123 in the provider's dashboard",
      reason: "the provider cannot be asked",
    },
  );

describe("discarding a dead letter", () => {
  test("that never had an object at the provider cancels it here and now", async () => {
    const id = await deadLetterOne(testDatabase.db, merchantId, { hasObject: false });
    expect(await discard(id)).toMatchObject({ result: "discarded", payment: { status: "canceled" } });
    expect(await kindsOf(id)).toEqual(["queued", "queued", "canceled"]);
    expect(await outboxOf(id)).toEqual(["accepted", "event"]);
    expect(await auditOf(id)).toMatchObject([
      {
        action: "discard",
        reason: "the customer paid in cash",
        before: { status: "dead_lettered" },
        after: { status: "canceled" },
      },
    ]);
  });

  test("that has one closes it there first, and nobody may charge it meanwhile", async () => {
    const id = await deadLetterOne(testDatabase.db, merchantId);
    expect(await discard(id)).toMatchObject({ result: "discarded", payment: { cancelRequested: true } });
    expect(await claimOne(testDatabase.db, id)).toBeUndefined();
    expect(await claimOne(testDatabase.db, id, 60_000, true)).toBeUndefined();
    expect(await outboxOf(id)).toEqual(["accepted", "look_again"]);
    await finishCancel(testDatabase.db.pool, await read(id), true);
    expect(await read(id)).toMatchObject({ status: "canceled", cancel_requested: false });
  });

  test("that may have been charged is refused, and it stays as it is", async () => {
    const id = await deadLetterOne(testDatabase.db, merchantId, { outcomeUnknown: true });
    const before = await read(id);
    expect(await discard(id)).toMatchObject({ result: "outcome_unknown" });
    expect(await read(id)).toEqual(before);
    expect(await auditOf(id)).toEqual([]);
  });

  test("twice at once has one effect", async () => {
    const id = await deadLetterOne(testDatabase.db, merchantId, { hasObject: false });
    const results = await Promise.all([discard(id), discard(id), discard(id)]);
    expect(results.map(({ result }) => result).sort()).toEqual(["discarded", "not_dead_lettered", "not_dead_lettered"]);
    expect(await auditOf(id)).toHaveLength(1);
  });

  test("while another retries it has one winner", async () => {
    for (let round = 0; round < 20; round++) {
      const id = await deadLetterOne(testDatabase.db, merchantId, { hasObject: false });
      const [discarded, retried] = await Promise.all([
        discard(id),
        retryDeadLetters(testDatabase.db.pool, TEST_ACTOR, [{ id }], "again"),
      ]);
      const wasRetried = retried.get(id)?.result === "retried";
      expect(discarded.result).toBe(wasRetried ? "not_dead_lettered" : "discarded");
      expect((await read(id)).status).toBe(wasRetried ? "queued" : "canceled");
    }
  });

  test("that has changed, or is none, is refused", async () => {
    const id = await deadLetterOne(testDatabase.db, merchantId);
    expect(await discard(id, 5)).toMatchObject({ result: "changed" });
    expect(await discard(await acceptOne(testDatabase.db, merchantId))).toMatchObject({ result: "not_dead_lettered" });
    expect(await discard(newId("pay"))).toEqual({ result: "not_found" });
  });
});

describe("resolving a dead letter with evidence", () => {
  test.each(["succeeded", "declined", "canceled"] as const)(
    "ends it as %s, also where it was unknown",
    async (outcome) => {
      const id = await deadLetterOne(testDatabase.db, merchantId, { outcomeUnknown: true });
      expect(await resolve(id, outcome)).toMatchObject({
        result: "resolved",
        payment: { status: outcome, version: 2 },
      });
      expect(await read(id)).toMatchObject({ status: outcome, outcome_unknown: false, dead_letter_reason: null });
      expect(await kindsOf(id)).toEqual(["queued", outcome]);
      expect(await outboxOf(id)).toEqual(["accepted", "event"]);
      expect(await auditOf(id)).toMatchObject([
        {
          action: "resolve",
          before: { status: "dead_lettered", outcome_unknown: true },
          after: { status: outcome, evidence: "ch_123 in the provider's dashboard" },
        },
      ]);
    },
  );

  test("as succeeded needs an object that can have charged", async () => {
    const id = await deadLetterOne(testDatabase.db, merchantId, { hasObject: false });
    expect(await resolve(id, "succeeded")).toMatchObject({ result: "no_object" });
    expect(await read(id)).toMatchObject({ status: "dead_lettered" });
  });

  test("holds only for what was looked at", async () => {
    const id = await deadLetterOne(testDatabase.db, merchantId);
    expect(await resolve(id, "declined", 9)).toMatchObject({ result: "changed", payment: { version: 1 } });
    expect(await resolve(id, "declined")).toMatchObject({ result: "resolved" });
    expect(await resolve(id, "succeeded", 2)).toMatchObject({ result: "not_dead_lettered" });
    expect(await resolve(newId("pay"), "declined")).toEqual({ result: "not_found" });
    expect(await auditOf(id)).toHaveLength(1);
  });
});
