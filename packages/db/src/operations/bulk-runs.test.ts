import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { newId } from "@payonce/domain";
import { createTestDatabase, deadLetterOne, insertMerchant, TEST_ACTOR } from "../testing.ts";
import {
  type BulkSelection,
  changeBulkRun,
  countSelection,
  listBulkRuns,
  readBulkRun,
  startBulkRun,
} from "./bulk-runs.ts";
import { retryDeadLetters } from "./retry.ts";
import { runBulkBatch } from "./run-bulk-batch.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let merchantId: string;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());
// Each test's runs are about a merchant of its own.
beforeEach(async () => {
  merchantId = await insertMerchant(testDatabase.db);
  await query("UPDATE bulk_runs SET status = 'aborted', ended_at = now() WHERE status = 'running'");
});

const query = async (sql: string, ...values: unknown[]) => (await testDatabase.db.pool.query(sql, values)).rows;
const deadLetters = (count: number, options = {}) =>
  Promise.all(Array.from({ length: count }, () => deadLetterOne(testDatabase.db, merchantId, options)));
const ofThisMerchant = (): BulkSelection => ({ filter: { merchantId } });
const start = async (expectedCount: number, selection = ofThisMerchant(), ratePerSecond = 8) => {
  const request = { selection, reason: "the provider is back", ratePerSecond, expectedCount };
  const started = await startBulkRun(testDatabase.db.pool, TEST_ACTOR, request);
  if (started.result !== "started") throw new Error(`there are ${started.count}`);
  return started.id;
};
const change = (id: string, to: "aborted" | "running") =>
  changeBulkRun(testDatabase.db.pool, TEST_ACTOR, id, to, "changed my mind");
const batch = () => runBulkBatch(testDatabase.db.pool);
const waitIsOver = (id: string) => query("UPDATE bulk_runs SET next_batch_at = now() WHERE id = $1", id);
const read = (id: string) => readBulkRun(testDatabase.db.pool, id);
async function runToTheEnd(id: string) {
  do await waitIsOver(id);
  while ((await batch()) !== 0);
}

describe("counting", () => {
  test("changes nothing, and tells how many may have been charged", async () => {
    await deadLetters(3);
    await deadLetters(2, { outcomeUnknown: true });
    expect(await countSelection(testDatabase.db.pool, ofThisMerchant())).toEqual({ count: 5, outcomeUnknown: 2 });
    expect(await query("SELECT 1 FROM bulk_runs WHERE status = 'running'")).toEqual([]);
  });

  test.each([
    ["reason", { reason: "no_progress" }, 2],
    ["outcome", { outcomeUnknown: true }, 1],
    ["age", { olderThanMs: 3_600_000 }, 1],
    ["youth", { newerThanMs: 3_600_000 }, 4],
    ["account", { providerAccount: "acct_other" }, 1],
    ["nothing that is there", { search: "pi_nobody" }, 0],
  ])("goes by %s", async (_what, filter, count) => {
    await deadLetters(2, { reason: "no_progress" });
    await deadLetters(1, { outcomeUnknown: true });
    const [old, elsewhere] = await deadLetters(2);
    await query("UPDATE payments SET updated_at = now() - interval '2 hours' WHERE id = $1", old);
    await query("UPDATE payments SET provider_account = 'acct_other' WHERE id = $1", elsewhere);
    const selection = { filter: { merchantId, ...filter } };
    expect((await countSelection(testDatabase.db.pool, selection)).count).toBe(count);
  });

  test.each(["id", "order_reference", "idempotency_key", "provider_object_id"])(
    "finds one by its %s",
    async (column) => {
      const [id] = await deadLetters(3);
      await query("UPDATE payments SET order_reference = 'order-' || id WHERE merchant_id = $1", merchantId);
      const [{ value }] = await query(`SELECT ${column} AS value FROM payments WHERE id = $1`, id);
      expect(await countSelection(testDatabase.db.pool, { filter: { search: value } })).toMatchObject({ count: 1 });
    },
  );
});

describe("a bulk run", () => {
  test("is not started when the count is not the expected one", async () => {
    await deadLetters(3);
    const request = { selection: ofThisMerchant(), reason: "x", ratePerSecond: 1, expectedCount: 4 };
    expect(await startBulkRun(testDatabase.db.pool, TEST_ACTOR, request)).toEqual({
      result: "count_changed",
      count: 3,
    });
    expect(await query("SELECT 1 FROM bulk_runs WHERE status = 'running'")).toEqual([]);
  });

  test("retries each of its payments once, with an entry in the audit log for each", async () => {
    const ids = await deadLetters(11);
    const [other] = [await deadLetterOne(testDatabase.db, await insertMerchant(testDatabase.db))];
    const run = await start(11);
    await runToTheEnd(run);
    expect(await read(run)).toMatchObject({ status: "finished", total: 11, retried: 11, left: 0 });
    const payments = await query("SELECT status, version FROM payments WHERE id = ANY($1)", ids);
    expect(new Set(payments.map(({ status, version }) => `${status} ${version}`))).toEqual(new Set(["queued 2"]));
    expect(
      await query("SELECT payment_id FROM audit_log WHERE bulk_run_id = $1 AND action = 'retry'", run),
    ).toHaveLength(11);
    expect(await query("SELECT status FROM payments WHERE id = $1", other)).toEqual([{ status: "dead_lettered" }]);
  });

  test("takes no more at a time than its rate allows, however many work on it", async () => {
    await deadLetters(10);
    const run = await start(10, ofThisMerchant(), 8);
    const taken = await Promise.all([batch(), batch(), batch(), batch()]);
    expect(taken.filter((count) => count !== null)).toEqual([2]);
    const [{ waitMs }] = await query(
      `SELECT extract(epoch FROM next_batch_at - clock_timestamp()) * 1000 AS "waitMs" FROM bulk_runs WHERE id = $1`,
      run,
    );
    expect(Number(waitMs)).toBeLessThanOrEqual(250);
    await query("UPDATE bulk_runs SET next_batch_at = next_batch_at + interval '1 hour' WHERE id = $1", run);
    expect(await batch()).toBeNull();
    expect(await read(run)).toMatchObject({ retried: 2, left: 8 });
  });

  test("that was aborted touches nothing more, and goes on where it was when it is resumed", async () => {
    await deadLetters(7);
    const run = await start(7);
    await batch();
    expect(await change(run, "aborted")).toBe("changed");
    await waitIsOver(run);
    expect(await batch()).toBeNull();
    expect(await read(run)).toMatchObject({ status: "aborted", retried: 2, left: 5 });
    expect(await change(run, "running")).toBe("changed");
    await runToTheEnd(run);
    expect(await read(run)).toMatchObject({ status: "finished", retried: 7, left: 0 });
    const actions = await query("SELECT action FROM audit_log WHERE target = $1 ORDER BY id", run);
    expect(actions.map(({ action }) => action)).toEqual(["start_bulk_run", "abort_bulk_run", "resume_bulk_run"]);
  });

  test("leaves alone what others have dealt with since it was started, and what died again", async () => {
    const [retried, again] = (await deadLetters(3)) as [string, string];
    const run = await start(3);
    await retryDeadLetters(testDatabase.db.pool, TEST_ACTOR, [{ id: retried }, { id: again }], "by hand");
    await query(
      `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', version = version + 1,
         next_action_at = NULL WHERE id = $1`,
      again,
    );
    await runToTheEnd(run);
    expect(await read(run)).toMatchObject({ retried: 1, changed: 1, notDeadLettered: 1, left: 0 });
  });

  test("can only be aborted while it runs, and resumed when it was aborted", async () => {
    const run = await start(0);
    expect(await change(run, "running")).toBe("not_in_that_state");
    await batch();
    expect(await read(run)).toMatchObject({ status: "finished" });
    expect(await change(run, "aborted")).toBe("not_in_that_state");
    expect(await change(newId("blk"), "aborted")).toBe("not_found");
  });

  test("can be about payments that were picked by hand; those that are no dead letters do not count", async () => {
    const [one, two] = (await deadLetters(4)) as [string, string];
    const run = await start(2, { ids: [one, two, newId("pay")] });
    await runToTheEnd(run);
    expect(await read(run)).toMatchObject({ total: 2, retried: 2 });
    expect((await listBulkRuns(testDatabase.db.pool, { limit: 1 }))[0]).toMatchObject({ id: run });
    expect(await listBulkRuns(testDatabase.db.pool, { limit: 1, before: run })).not.toContainEqual(
      expect.objectContaining({ id: run }),
    );
  });
});
