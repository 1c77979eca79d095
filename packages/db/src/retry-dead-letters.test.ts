import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { cancelPayment } from "./cancel.ts";
import { retryDeadLetters } from "./retry-dead-letters.ts";
import { acceptOne, claimOne, createTestDatabase, insertMerchant } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());

const read = async (id: string) =>
  (await testDatabase.db.pool.query("SELECT * FROM payments WHERE id = $1", [id])).rows[0];
const retry = (...ids: string[]) => retryDeadLetters(testDatabase.db.pool, ids, "the provider is back");

async function deadLetter(outcomeUnknown: boolean): Promise<string> {
  const id = await acceptOne(testDatabase.db, merchantId);
  await testDatabase.db.pool.query(
    `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL, tries = 8,
       outcome_unknown = $2, provider_object_id = $3 WHERE id = $1`,
    [id, outcomeUnknown, `pi_${id}`],
  );
  return id;
}

describe("retrying a dead letter", () => {
  test("that provably was not charged queues it for a new round", async () => {
    const id = await deadLetter(false);
    expect((await retry(id)).get(id)).toBe("retried");
    expect(await read(id)).toMatchObject({ status: "queued", tries: 0, dispatch: 1, outcome_unknown: false });
  });

  test("whose outcome is unknown does not clear the unknown: it is asked about first, and cannot be canceled", async () => {
    const id = await deadLetter(true);
    await retry(id);
    expect(await read(id)).toMatchObject({ status: "unknown", outcome_unknown: true });
    expect(await cancelPayment(testDatabase.db.pool, { id, merchantId })).toBe("refused");
    expect(await claimOne(testDatabase.db, id)).toMatchObject({ outcomeUnknown: true, providerObjectId: `pi_${id}` });
  });

  test("twice, and by many at once, has one effect", async () => {
    const id = await deadLetter(false);
    const results = await Promise.all(Array.from({ length: 10 }, () => retry(id)));
    expect(results.filter((result) => result.get(id) === "retried")).toHaveLength(1);
    const { rows } = await testDatabase.db.pool.query("SELECT kind FROM outbox WHERE payment_id = $1 ORDER BY id", [
      id,
    ]);
    expect(rows.map(({ kind }) => kind)).toEqual(["accepted", "dispatch"]);
  });

  test("tells apart what was retried, what is no dead letter any more, and what does not exist", async () => {
    const [dead, alive, nobody] = [await deadLetter(false), await acceptOne(testDatabase.db, merchantId), newId("pay")];
    expect(Object.fromEntries(await retry(dead, alive, nobody))).toEqual({
      [dead]: "retried",
      [alive]: "not_dead_lettered",
      [nobody]: "not_found",
    });
  });
});
