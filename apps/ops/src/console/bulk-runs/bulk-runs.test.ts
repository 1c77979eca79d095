import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { emptyTables } from "@payonce/db/testing";
import { type Agent, startTestOps, type TestOps, until } from "../../test-ops.ts";
import { insertDeadLetter } from "../test-payments.ts";

let ops: TestOps;
let operator: Agent;
beforeAll(async () => {
  ops = await startTestOps({ hasBulkRunner: true });
  operator = await ops.signIn("operator");
});
afterAll(() => ops.stop());
beforeEach(() => emptyTables(ops.db, "bulk_run_items", "bulk_runs", "payments"));

const start = (fields: Record<string, string | string[]>) =>
  operator.post("/dead-letters/retry/start", { reason: "because", ratePerSecond: "1000", ...fields });
const countRuns = async () => (await ops.db.pool.query("SELECT 1 FROM bulk_runs")).rowCount;
const pathOf = (answer: { headers: Record<string, string> }) => answer.headers.location?.split("?")[0] ?? "";

describe("before a bulk retry", () => {
  test("its page says how many there are, how many may have been charged, and shows some; nothing has happened", async () => {
    await insertDeadLetter(ops.db, { outcomeUnknown: true });
    const ids = [await insertDeadLetter(ops.db), await insertDeadLetter(ops.db)];
    const { status, text } = await operator.get("/dead-letters/retry?all=1");
    expect(status).toBe(200);
    expect(text).toContain("Retry 3 dead letters?");
    expect(text).toContain("<strong>2</strong> were not charged");
    expect(text).toContain("<strong>1</strong> may have been charged");
    expect(text).toContain('name="expectedCount" value="3"');
    for (const id of ids) expect(text).toContain(id);
    expect(await countRuns()).toBe(0);
  });

  test("it is about what the filter finds, and its form carries the filter", async () => {
    await insertDeadLetter(ops.db, { outcomeUnknown: true });
    await insertDeadLetter(ops.db);
    const { text } = await operator.get("/dead-letters/retry?all=1&outcome=unknown&age=last-hour");
    expect(text).toContain("Retry 1 dead letter?");
    for (const [name, value] of [
      ["all", "1"],
      ["outcome", "unknown"],
      ["age", "last-hour"],
    ])
      expect(text).toContain(`<input type="hidden" name="${name}" value="${value}"/>`);
  });

  test("it is about those that were ticked, and says which are no dead letters any more", async () => {
    const [one, other, gone] = [
      await insertDeadLetter(ops.db),
      await insertDeadLetter(ops.db),
      await insertDeadLetter(ops.db),
    ];
    await ops.db.pool.query("UPDATE payments SET status = 'canceled', dead_letter_reason = NULL WHERE id = $1", [gone]);
    const { text } = await operator.get(`/dead-letters/retry?id=${one}&id=${other}&id=${gone}`);
    expect(text).toContain("Retry 2 dead letters?");
    expect(text).toContain("1 payment of those chosen is no dead letter any more.");
  });

  test("who has ticked none is told so; nothing chosen never means all", async () => {
    await insertDeadLetter(ops.db);
    expect((await operator.get("/dead-letters/retry")).headers.location).toBe("/dead-letters?notice=none_chosen");
    const { status, text } = await start({ expectedCount: "1" });
    expect(status).toBe(422);
    expect(text).toContain("No dead letter was chosen.");
    expect(await countRuns()).toBe(0);
  });

  test("viewers do not get that far", async () => {
    expect((await (await ops.signIn("viewer")).get("/dead-letters/retry?all=1")).status).toBe(403);
  });
});

describe("starting a bulk retry", () => {
  test("retries all of them, and its page tells how far it is", async () => {
    const ids = [await insertDeadLetter(ops.db), await insertDeadLetter(ops.db)];
    const path = pathOf(await start({ all: "1", expectedCount: "2" }));
    expect(path).toMatch(/^\/bulk-runs\/blk_/);
    await until(async () => (await operator.get(path)).text.includes("Finished"));
    const { text } = await operator.get(path);
    expect(text).toContain("<strong>2</strong> of 2 done");
    expect(text).toContain('<progress max="2" value="2">');
    expect(text).not.toContain("hx-get");
    const { rows } = await ops.db.pool.query("SELECT status FROM payments WHERE id = ANY ($1)", [ids]);
    expect(rows).toEqual([{ status: "queued" }, { status: "queued" }]);
    expect((await operator.get("/bulk-runs")).text).toContain("2 of 2");
  });

  test("is held to the count that was seen: 409, the new count, and what was typed", async () => {
    await insertDeadLetter(ops.db);
    await insertDeadLetter(ops.db);
    const { status, text } = await start({ all: "1", expectedCount: "1", reason: "typed before", ratePerSecond: "7" });
    expect(status).toBe(409);
    expect(text).toContain("Nothing was done.");
    expect(text).toContain("Retry 2 dead letters?");
    expect(text).toContain("typed before</textarea>");
    expect(text).toMatch(/name="ratePerSecond"[^>]*value="7"/);
    expect(await countRuns()).toBe(0);
  });

  test.each([
    ["a reason", { reason: "" }, "Reason must"],
    ["a rate that is one", { ratePerSecond: "fast" }, "Payments per second must be a whole number"],
    ["a rate that is not too high", { ratePerSecond: "1001" }, "Payments per second must be at most 1000"],
  ])("needs %s", async (_what, fields, words) => {
    await insertDeadLetter(ops.db);
    const { status, text } = await start({ all: "1", expectedCount: "1", ...fields });
    expect(status).toBe(422);
    expect(text).toContain(
      `<p class="field-error" id="start-${"reason" in fields ? "reason" : "rate"}-error">${words}`,
    );
    expect(await countRuns()).toBe(0);
  });
});

describe("a bulk run that is under way", () => {
  /** One payment a second: it runs for longer than the test. */
  const startSlowly = async () => {
    for (let n = 0; n < 60; n++) await insertDeadLetter(ops.db);
    return pathOf(await start({ all: "1", expectedCount: "60", ratePerSecond: "1" }));
  };

  test("is shown live until it ends, and can be aborted and resumed, each with a reason", async () => {
    const path = await startSlowly();
    expect((await operator.get(path)).text).toContain(`hx-get="${path}/progress?status=running"`);
    expect((await operator.get(`${path}/progress?status=running`)).status).toBe(200);
    expect((await operator.post(`${path}/abort`, { reason: "" })).status).toBe(422);
    expect((await operator.post(`${path}/abort`, { reason: "wrong ones" })).headers.location).toBe(
      `${path}?notice=run_aborted`,
    );

    const ended = await operator.get(`${path}/progress?status=running`);
    // After this status htmx asks no more.
    expect(ended.status).toBe(286);
    expect(ended.text).toContain("The run is aborted.");
    expect((await operator.get(path)).text).toContain("Resume this run");
    expect((await operator.post(`${path}/abort`, { reason: "again" })).status).toBe(409);
    expect((await operator.post(`${path}/resume`, { reason: "right ones" })).headers.location).toBe(
      `${path}?notice=run_resumed`,
    );
    await operator.post(`${path}/abort`, { reason: "the test is over" });
  });
});
