import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { cancelPayment } from "../cancel.ts";
import { acceptOne, claimOne, createTestDatabase, deadLetterOne, insertMerchant, TEST_ACTOR } from "../testing.ts";
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
const retry = (id: string, version?: number, actor = TEST_ACTOR) =>
  retryDeadLetters(testDatabase.db.pool, actor, [{ id, version }], "the provider is back").then((map) => map.get(id));
const deadLetter = (outcomeUnknown = false) => deadLetterOne(testDatabase.db, merchantId, { outcomeUnknown });

describe("retrying a dead letter", () => {
  test("that provably was not charged queues it for a new round", async () => {
    const id = await deadLetter();
    expect(await retry(id)).toEqual({ result: "retried", status: "queued", version: 2 });
    expect(await read(id)).toMatchObject({ status: "queued", tries: 0, dispatch: 1, outcome_unknown: false });
  });

  test("whose outcome is unknown does not clear the unknown: it is asked about first, and cannot be canceled", async () => {
    const id = await deadLetter(true);
    await retry(id);
    expect(await read(id)).toMatchObject({ status: "unknown", outcome_unknown: true });
    expect(await cancelPayment(testDatabase.db.pool, { id, merchantId })).toBe("refused");
    expect(await claimOne(testDatabase.db, id)).toMatchObject({ outcomeUnknown: true, providerObjectId: `pi_${id}` });
  });

  test("twice, and by many at once, has one effect and one entry in the audit log", async () => {
    const id = await deadLetter();
    const results = await Promise.all(Array.from({ length: 10 }, () => retry(id)));
    expect(results.filter((result) => result?.result === "retried")).toHaveLength(1);
    expect(results.filter((result) => result?.result === "not_dead_lettered")).toHaveLength(9);
    const outbox = await query("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id", id);
    expect(outbox.map(({ kind }) => kind)).toEqual(["accepted", "dispatch"]);
    expect(await auditOf(id)).toHaveLength(1);
  });

  test("that died again since it was looked at is left alone, and says so", async () => {
    const id = await deadLetter();
    await query("UPDATE payments SET version = 7 WHERE id = $1", id);
    expect(await retry(id, 1)).toEqual({ result: "changed", status: "dead_lettered", version: 7 });
    expect(await auditOf(id)).toEqual([]);
    expect(await retry(id, 7)).toMatchObject({ result: "retried" });
  });

  test("says who did it, why, and what changed", async () => {
    const id = await deadLetter(true);
    await retry(id);
    expect(await auditOf(id)).toEqual([
      expect.objectContaining({
        actor: "cli:test",
        via: "cli",
        action: "retry",
        reason: "the provider is back",
        before: {
          status: "dead_lettered",
          version: 1,
          tries: 8,
          outcome_unknown: true,
          dead_letter_reason: "attempts_spent",
        },
        after: { status: "unknown", version: 2, tries: 0 },
      }),
    ]);
  });

  test("does not happen when its entry in the audit log cannot be written", async () => {
    const id = await deadLetter();
    const nobody = { operatorId: newId("opr"), name: "nobody", via: "api" as const };
    await expect(retry(id, undefined, nobody)).rejects.toMatchObject({ code: "23503" });
    expect(await read(id)).toMatchObject({ status: "dead_lettered", version: 1 });
  });

  test("tells apart what was retried, what is no dead letter any more, and what does not exist", async () => {
    const [dead, alive, nobody] = [await deadLetter(), await acceptOne(testDatabase.db, merchantId), newId("pay")];
    expect(await retry(dead)).toMatchObject({ result: "retried" });
    expect(await retry(alive)).toEqual({ result: "not_dead_lettered", status: "queued", version: 1 });
    expect(await retry(nobody)).toMatchObject({ result: "not_found" });
  });
});

test("the audit log is only ever appended to", async () => {
  const id = await deadLetter();
  await retry(id);
  await expect(query("UPDATE audit_log SET reason = 'another' WHERE payment_id = $1", id)).rejects.toThrow("appended");
  await expect(query("DELETE FROM audit_log WHERE payment_id = $1", id)).rejects.toThrow("appended");
});
