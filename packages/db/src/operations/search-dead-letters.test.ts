import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { acceptOne, createTestDatabase, emptyTables, insertMerchant } from "../testing.ts";
import { groupDeadLetters } from "./group-dead-letters.ts";
import { readDeadLetterFacets } from "./read-dead-letter-facets.ts";
import { readDeadLetters, searchDeadLetters } from "./search-dead-letters.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  merchantId = await insertMerchant(testDatabase.db);
});
afterAll(() => testDatabase.drop());
beforeEach(() => emptyTables(testDatabase.db, "payments"));

interface Death {
  outcomeUnknown?: boolean;
  reason?: string;
  code?: string | null;
  account?: string | null;
  hoursAgo?: number;
}

async function deadLetter({
  outcomeUnknown = false,
  reason = "attempts_spent",
  code = "http_500",
  account = "acct_1",
  hoursAgo = 0,
}: Death = {}) {
  const id = await acceptOne(testDatabase.db, merchantId);
  await testDatabase.db.pool.query(
    `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = $2, next_action_at = NULL, outcome_unknown = $3,
       provider_object_id = 'pi_' || id, failure_code = $4, provider_account = $5,
       updated_at = now() - $6 * interval '1 hour' WHERE id = $1`,
    [id, reason, outcomeUnknown, code, account, hoursAgo],
  );
  return id;
}

const search = async (filter = {}, page = {}) => {
  const found = await searchDeadLetters(testDatabase.db.pool, filter, { limit: 50, ...page });
  return { ...found, ids: found.deadLetters.map(({ id }) => id) };
};

describe("searching dead letters", () => {
  test("finds those alone that are dead-lettered, the newest payments' first", async () => {
    const [old, recent] = [await deadLetter({ outcomeUnknown: true }), await deadLetter()];
    await acceptOne(testDatabase.db, merchantId);
    const { deadLetters } = await search();
    expect(deadLetters).toMatchObject([
      { id: recent, outcomeUnknown: false, reason: "attempts_spent", failureCode: "http_500" },
      { id: old, outcomeUnknown: true, merchantName: "Test", amountMinor: 4200, deadSince: expect.any(Date) },
    ]);
  });

  test("goes by the filter, and page by page", async () => {
    const ids = [
      await deadLetter(),
      await deadLetter(),
      await deadLetter({ reason: "no_progress" }),
      await deadLetter(),
    ];
    const first = await search({ reason: "attempts_spent" }, { limit: 2 });
    expect(first).toMatchObject({ ids: [ids[3], ids[1]], hasMore: true });
    const second = await search({ reason: "attempts_spent" }, { limit: 2, before: ids[1] });
    expect(second).toMatchObject({ ids: [ids[0]], hasMore: false });
  });

  test("by ids leaves out what is no dead letter", async () => {
    const [dead, alive] = [await deadLetter(), await acceptOne(testDatabase.db, merchantId)];
    expect((await readDeadLetters(testDatabase.db.pool, [dead, alive])).map(({ id }) => id)).toEqual([dead]);
  });
});

describe("grouping dead letters", () => {
  test("counts by reason, tells how many may have charged, the oldest, the newest and the commonest code", async () => {
    await deadLetter({ hoursAgo: 5, outcomeUnknown: true });
    await deadLetter({ hoursAgo: 1 });
    await deadLetter({ hoursAgo: 3, code: "timeout" });
    await deadLetter({ reason: "no_progress", code: null });
    const { groups, count, outcomeUnknown } = await groupDeadLetters(testDatabase.db.pool, {});
    expect({ count, outcomeUnknown }).toEqual({ count: 4, outcomeUnknown: 1 });
    expect(groups).toMatchObject([
      { reason: "attempts_spent", count: 3, outcomeUnknown: 1, commonCode: "http_500", commonCodeCount: 2 },
      { reason: "no_progress", count: 1, outcomeUnknown: 0, commonCode: null, commonCodeCount: 0 },
    ]);
    const [spent] = groups;
    const hours = ((spent?.newest.getTime() ?? 0) - (spent?.oldest.getTime() ?? 0)) / 3_600_000;
    expect(hours).toBeCloseTo(4, 1);
  });

  test("counts what matches the filter, and no more", async () => {
    await deadLetter({ outcomeUnknown: true });
    await deadLetter();
    expect(await groupDeadLetters(testDatabase.db.pool, { outcomeUnknown: true })).toMatchObject({ count: 1 });
  });
});

test("filters are offered what there are dead letters of", async () => {
  await insertMerchant(testDatabase.db);
  await deadLetter({ account: "acct_2" });
  await deadLetter({ account: null, reason: "no_progress" });
  expect(await readDeadLetterFacets(testDatabase.db.pool)).toEqual({
    merchants: [{ id: merchantId, name: "Test" }],
    providerAccounts: ["acct_2"],
    reasons: ["attempts_spent", "no_progress"],
  });
});
