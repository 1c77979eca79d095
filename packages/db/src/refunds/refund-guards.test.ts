import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId, REFUND_STATES, reservesMoney } from "@payonce/domain";
import { acceptOne, createTestDatabase, insertMerchant, refundOne, succeedOne } from "../testing.ts";

// The rules that the tables keep by themselves, whatever statement is wrong one day.

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const query = (sql: string, ...values: unknown[]) => testDatabase.db.pool.query(sql, values);
const insert = `INSERT INTO refunds (id, payment_id, merchant_id, idempotency_key, request_hash, amount_minor)
  VALUES ($1, $2, $3, $1, decode(repeat('ab', 32), 'hex'), $4)`;
/** A refund and its reservation as a careful statement would make them. */
const reserve = `WITH p AS (UPDATE payments SET refund_reserved_minor = refund_reserved_minor + $4 WHERE id = $2) ${insert}`;
const refusedBy = (constraint: string) => expect.objectContaining({ code: "23514", constraint });

describe("the database refuses", () => {
  test("refunds over more than was charged", async () => {
    const id = await succeedOne(testDatabase.db, merchantId);
    await query(reserve, newId("ref"), id, merchantId, 4000);
    await expect(query(reserve, newId("ref"), id, merchantId, 201)).rejects.toEqual(
      refusedBy("never_more_back_than_was_charged"),
    );
  });

  test("a reservation for a payment that has not succeeded", async () => {
    const id = await acceptOne(testDatabase.db, merchantId);
    await expect(query(reserve, newId("ref"), id, merchantId, 1)).rejects.toEqual(
      refusedBy("only_what_was_charged_goes_back"),
    );
  });

  test("a refund that was not reserved", async () => {
    const id = await succeedOne(testDatabase.db, merchantId);
    await expect(query(insert, newId("ref"), id, merchantId, 1)).rejects.toEqual(
      refusedBy("refund_sums_are_the_refunds"),
    );
  });

  test("a reservation without a refund, or another one than the refunds come to", async () => {
    const id = await succeedOne(testDatabase.db, merchantId);
    await refundOne(testDatabase.db, merchantId, { paymentId: id });
    for (const sum of [0, 999, 2000])
      await expect(query("UPDATE payments SET refund_reserved_minor = $2 WHERE id = $1", id, sum)).rejects.toEqual(
        refusedBy("refund_sums_are_the_refunds"),
      );
  });

  test.each(REFUND_STATES.filter((state) => !reservesMoney(state) || state === "succeeded"))(
    "a refund that becomes %s while its payment's sums stay",
    async (status) => {
      const refundId = await refundOne(testDatabase.db, merchantId);
      const change = `UPDATE refunds SET status = $2, failure_code = 'x', provider_refund_id = 're_' || id,
        next_action_at = NULL WHERE id = $1`;
      await expect(query(change, refundId, status)).rejects.toEqual(refusedBy("refund_sums_are_the_refunds"));
    },
  );

  test("a reservation that is given back twice", async () => {
    const id = await succeedOne(testDatabase.db, merchantId);
    await refundOne(testDatabase.db, merchantId, { paymentId: id });
    const failing = await refundOne(testDatabase.db, merchantId, { paymentId: id });
    const release = (times: number) =>
      query(
        `WITH p AS (UPDATE payments SET refund_reserved_minor = refund_reserved_minor - $3 WHERE id = $2)
         UPDATE refunds SET status = 'failed', failure_code = 'x', next_action_at = NULL WHERE id = $1`,
        failing,
        id,
        times * 1000,
      );
    await expect(release(2)).rejects.toEqual(refusedBy("refund_sums_are_the_refunds"));
    await expect(release(0)).rejects.toEqual(refusedBy("refund_sums_are_the_refunds"));
    expect((await release(1)).rowCount).toBe(1);
  });

  test.each([
    ["an unknown outcome that is dropped", "status = 'unknown', outcome_unknown = false", "unknown_refund_is_kept"],
    [
      "an unknown outcome that waits as if nothing had happened",
      "status = 'retry_wait', outcome_unknown = true, key_sent_at = now(), last_sent_at = now()",
      "unknown_refund_is_kept",
    ],
    [
      "an unknown outcome of nothing that was sent",
      "status = 'refunding', outcome_unknown = true",
      "what_is_unknown_was_sent",
    ],
    ["a refund under way that nobody has seen at the provider", "status = 'pending'", "what_moved_was_seen"],
    ["one that moves and has no time", "next_action_at = NULL", "only_moving_refunds_have_a_next_action"],
    ["a dead letter without a reason", "status = 'dead_lettered', next_action_at = NULL", "a_dead_refund_has_a_reason"],
  ])("%s", async (_what, change, constraint) => {
    const refundId = await refundOne(testDatabase.db, merchantId);
    await expect(query(`UPDATE refunds SET ${change} WHERE id = $1`, refundId)).rejects.toEqual(refusedBy(constraint));
  });

  test("two refunds of ours that hold one of the provider's for theirs", async () => {
    const [a, b] = [await refundOne(testDatabase.db, merchantId), await refundOne(testDatabase.db, merchantId)];
    await query("UPDATE refunds SET provider_refund_id = 're_1' WHERE id = $1", a);
    await expect(query("UPDATE refunds SET provider_refund_id = 're_1' WHERE id = $1", b)).rejects.toMatchObject({
      code: "23505",
    });
  });
});
