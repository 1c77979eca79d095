import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { startBulkRun } from "@payonce/db/operations";
import { acceptOne, deadLetterOne, emptyTables, insertMerchant, TEST_ACTOR } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { until } from "../../test-ops.ts";
import { expectProblem, readAllPages, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments", "bulk_runs"));

const reason = "the bank is back";
const deadLetter = (options = {}) => deadLetterOne(api.db, api.merchantId, options);
const deadLetters = async (count: number, options = {}) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await deadLetter(options));
  return ids;
};
const list = (query = "") => api.as("viewer").get(`/dead_letters${query}`);
const retry = (body: object) => api.as("operator").post("/dead_letters/retry", { reason, ...body });
const idsOf = (answer: { body: { data: { id: string }[] } }) => answer.body.data.map(({ id }) => id);
const stored = async () => ({
  payments: await api.query("SELECT * FROM payments ORDER BY id"),
  runs: await api.query("SELECT * FROM bulk_runs"),
  outbox: await api.query("SELECT * FROM outbox ORDER BY id"),
  audit: await api.query("SELECT * FROM audit_log ORDER BY id"),
});

describe("the list", () => {
  test("has the dead letters, those of the newest payments first", async () => {
    await acceptOne(api.db, api.merchantId);
    const [first, second] = [await deadLetter(), await deadLetter({ outcomeUnknown: true, reason: "no_progress" })];
    const answer = await list();
    expect(idsOf(answer)).toEqual([second, first]);
    expect(answer.body.data).toMatchObject([
      { object: "dead_letter", reason: "no_progress", outcome_unknown: true, merchant_id: api.merchantId, version: 1 },
      { reason: "attempts_spent", outcome_unknown: false },
    ]);
  });

  test("visits each once, page by page", async () => {
    const ids = await deadLetters(6);
    const seen = await readAllPages(api.as("viewer"), "/dead_letters?reason=attempts_spent", 3);
    expect(seen.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test("is cut down by each filter, and by all of them together", async () => {
    const known = await deadLetter();
    const unknown = await deadLetter({ outcomeUnknown: true, reason: "no_progress" });
    const merchantId = await insertMerchant(api.db);
    const theirs = await deadLetterOne(api.db, merchantId);
    await api.query(
      "UPDATE payments SET provider_account = 'acct_2', updated_at = now() - interval '2 h' WHERE id = $1",
      known,
    );
    const cases: [string, string[]][] = [
      ["outcome_unknown=true", [unknown]],
      ["outcome_unknown=false", [theirs, known]],
      ["reason=no_progress", [unknown]],
      [`merchant_id=${merchantId}`, [theirs]],
      ["provider_account=acct_2", [known]],
      ["older_than_ms=3600000", [known]],
      ["newer_than_ms=3600000", [theirs, unknown]],
      [`search=pi_${unknown}`, [unknown]],
      [`search=${theirs}&outcome_unknown=true`, []],
    ];
    for (const [query, ids] of cases) expect([query, idsOf(await list(`?${query}`))]).toEqual([query, ids]);
  });

  test("is counted by reason", async () => {
    await deadLetters(2);
    await deadLetters(1, { outcomeUnknown: true, reason: "no_progress" });
    const groups = async (query = "") => (await api.as("viewer").get(`/dead_letters/groups${query}`)).body;
    expect(await groups()).toMatchObject({
      count: 3,
      outcome_unknown: 1,
      groups: [
        { reason: "attempts_spent", count: 2, outcome_unknown: 0 },
        { reason: "no_progress", count: 1, outcome_unknown: 1 },
      ],
    });
    expect(await groups("?outcome_unknown=true")).toMatchObject({ count: 1, groups: [{ reason: "no_progress" }] });
    expect(await groups("?reason=none")).toMatchObject({ count: 0, groups: [] });
  });

  test.each([
    ["outcome_unknown=1", "outcome_unknown"],
    ["outcome_unknown=", "outcome_unknown"],
    ["older_than_ms=1.5", "older_than_ms"],
    ["older_than_ms=-1", "older_than_ms"],
    ["older_than_ms=999999999999", "older_than_ms"],
    ["newer_than_ms=1h", "newer_than_ms"],
    ["reason=a&reason=b", "reason"],
    ["search=a%00b", "search"],
    ["status=dead_lettered", "status"],
  ])("refuses ?%s", async (query, param) => {
    expectProblem(await list(`?${query}`), "parameter_invalid", param);
    expectProblem(await api.as("viewer").get(`/dead_letters/groups?${query}`), "parameter_invalid", param);
  });
});

describe("retrying many", () => {
  test("only counts, unless told otherwise, and changes nothing", async () => {
    await deadLetters(2);
    await deadLetter({ outcomeUnknown: true });
    await acceptOne(api.db, api.merchantId);
    const before = await stored();
    for (const body of [{}, { dry_run: true }, { dry_run: true, expected_count: 99 }]) {
      const answer = await retry({ selection: { filter: {} }, ...body });
      expect([answer.status, answer.body]).toEqual([
        200,
        { object: "bulk_retry_dry_run", dry_run: true, count: 3, outcome_unknown: 1 },
      ]);
    }
    expect(await stored()).toEqual(before);
  });

  test("starts a run over what matches, which can be looked at", async () => {
    await deadLetters(3);
    await deadLetter({ reason: "no_progress" });
    const filter = { reason: "attempts_spent", merchant_id: api.merchantId };
    const body = { selection: { filter }, dry_run: false, expected_count: 3, rate_per_second: 7 };
    const answer = await retry(body);
    expect(answer.status).toBe(202);
    expect(answer.get("Location")).toBe(`/ops/v1/bulk_runs/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      object: "bulk_run",
      status: "running",
      selection: { filter },
      rate_per_second: 7,
      total: 3,
      left: 3,
      reason,
      actor: "operator",
      via: "api",
    });
    expect((await api.as("viewer").get(`/bulk_runs/${answer.body.id}`)).body).toEqual(answer.body);
    expect(await api.auditOf(answer.body.id)).toMatchObject([{ action: "start_bulk_run", via: "api", reason }]);
  });

  test("takes ids; what is no dead letter does not count, and twice counts once", async () => {
    const [first, second] = await deadLetters(3);
    const ids = [first, second, first, await acceptOne(api.db, api.merchantId), newId("pay")];
    expect((await retry({ selection: { ids } })).body).toMatchObject({ count: 2 });
    const answer = await retry({ selection: { ids }, dry_run: false, expected_count: 2 });
    expect([answer.status, answer.body.total]).toEqual([202, 2]);
    expect(answer.body.selection.ids).toEqual(ids);
  });

  test("does nothing when there are more or fewer than expected, and says how many", async () => {
    await deadLetters(2);
    const before = await stored();
    for (const expected_count of [0, 1, 3, 2_147_483_647]) {
      const answer = await retry({ selection: { filter: {} }, dry_run: false, expected_count });
      const problem = expectProblem(answer, "count_changed", "expected_count");
      expect(problem.detail).toContain("There are 2 dead letters");
    }
    expect(await stored()).toEqual(before);
  });

  const all = { filter: {} };
  const cases: [string, object, string][] = [
    ["no selection", {}, "selection"],
    ["neither ids nor a filter", { selection: {} }, "selection"],
    ["ids and a filter", { selection: { ids: [newId("pay")], filter: {} } }, "selection"],
    ["no ids", { selection: { ids: [] } }, "selection.ids"],
    ["too many ids", { selection: { ids: Array(401).fill(newId("pay")) } }, "selection.ids"],
    ["something else for an id", { selection: { ids: [newId("pay"), newId("att")] } }, "selection.ids.1"],
    ["a filter that is misspelt", { selection: { filter: { merchant: "x" } } }, "selection.filter.merchant"],
    ["a filter in other words", { selection: { filter: { merchantId: "x" } } }, "selection.filter.merchantId"],
    ["NUL in a filter", { selection: { filter: { search: "a\0" } } }, "selection.filter.search"],
    ["half a character in a filter", { selection: { filter: { reason: "\ud800" } } }, "selection.filter.reason"],
    ["an age that is none", { selection: { filter: { older_than_ms: -1 } } }, "selection.filter.older_than_ms"],
    ["no expected count", { selection: all, dry_run: false }, "expected_count"],
    ["a count that is none", { selection: all, dry_run: false, expected_count: -1 }, "expected_count"],
    ["a count beyond counting", { selection: all, dry_run: false, expected_count: 2 ** 31 }, "expected_count"],
    ["a dry run that is not sure", { selection: all, dry_run: "false" }, "dry_run"],
    ["a rate of nothing", { selection: all, rate_per_second: 0 }, "rate_per_second"],
    ["too high a rate", { selection: all, rate_per_second: 1001 }, "rate_per_second"],
    ["dryRun", { selection: all, dryRun: false }, "dryRun"],
  ];
  test.each(cases)("refuses %s", async (_what, body, param) => {
    const before = await stored();
    expectProblem(await retry(body), "field_invalid", param);
    expect(await stored()).toEqual(before);
  });
});

describe("a run", () => {
  const start = async (count: number) => {
    await deadLetters(count);
    const answer = await retry({
      selection: { filter: {} },
      dry_run: false,
      expected_count: count,
      rate_per_second: 1000,
    });
    return answer.body.id as string;
  };
  const change = (id: string, action: string) =>
    api.as("operator").post(`/bulk_runs/${id}/${action}`, { reason: "wait for the bank" });

  test("is aborted and resumed, each once, by whoever is first", async () => {
    const id = await start(2);
    expectProblem(await change(id, "resume"), "bulk_run_ended");
    const answers = await api.atOnce("bulk_runs", id, [() => change(id, "abort"), () => change(id, "abort")]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await api.as("viewer").get(`/bulk_runs/${id}`)).body).toMatchObject({ status: "aborted", left: 2 });
    expect((await change(id, "resume")).body).toMatchObject({ status: "running", ended_at: null });
    const actions = (await api.auditOf(id)).map(({ action }) => action);
    expect(actions).toEqual(["start_bulk_run", "abort_bulk_run", "resume_bulk_run"]);
  });

  test("that was given thousands of payments, as the command line may, shows the first of them", async () => {
    const ids = Array.from({ length: 2_000 }, () => newId("pay"));
    const request = { selection: { ids }, reason, ratePerSecond: 1, expectedCount: 0 };
    const started = await startBulkRun(api.db.pool, TEST_ACTOR, request);
    const id = started.result === "started" ? started.id : "";
    expect((await api.as("viewer").get(`/bulk_runs/${id}`)).body.selection.ids).toEqual(ids.slice(0, 400));
  });

  test("that has finished can be neither", async () => {
    const id = await start(1);
    await api.query("UPDATE bulk_runs SET status = 'finished', ended_at = now() WHERE id = $1", id);
    for (const action of ["abort", "resume"]) expectProblem(await change(id, action), "bulk_run_ended");
  });

  test("is in the list, newest first, page by page", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      await emptyTables(api.db, "payments");
      ids.push(await start(1));
    }
    const seen = await readAllPages(api.as("viewer"), "/bulk_runs", 2);
    expect(seen.map(({ id }) => id)).toEqual(ids.toReversed());
    expectProblem(
      await api.as("viewer").get(`/bulk_runs?starting_after=${newId("pay")}`),
      "parameter_invalid",
      "starting_after",
    );
  });
});

describe("a run that is worked off", () => {
  let other: TestApi;
  beforeAll(async () => {
    other = await startTestApi({ hasBulkRunner: true });
  });
  afterAll(() => other.stop());

  test("tells of each payment what became of it", async () => {
    const ids = await Promise.all([1, 2, 3].map(() => deadLetterOne(other.db, other.merchantId)));
    const body = { reason, selection: { ids }, dry_run: false, expected_count: 3, rate_per_second: 100 };
    const { body: run } = await other.as("operator").post("/dead_letters/retry", body);
    const read = async () => (await other.as("viewer").get(`/bulk_runs/${run.id}`)).body;
    await until(async () => (await read()).status === "finished");
    expect(await read()).toMatchObject({ retried: 3, changed: 0, not_dead_lettered: 0, left: 0 });
    for (const id of ids) {
      expect(await other.auditOf(id)).toMatchObject([{ action: "retry", via: "api", actor: "operator", reason }]);
      const entries = (await other.as("viewer").get(`/payments/${id}`)).body.actions;
      expect(entries).toMatchObject([{ bulk_run_id: run.id }]);
    }
  });
});
