import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { deadLetterOne } from "@payonce/db/testing";
import { newId } from "@payonce/domain";
import { expectProblem, readAllPages, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
let ids: string[];
beforeAll(async () => {
  api = await startTestApi();
  ids = await Promise.all([1, 2, 3].map(() => deadLetterOne(api.db, api.merchantId)));
  for (const id of ids) await api.as("operator").post(`/payments/${id}/retry`, { reason: `retry ${id}` });
  await api.as("admin").post(`/payments/${ids[0]}/cancel`, { reason: "ordered twice" });
  const selection = { filter: { merchant_id: api.merchantId } };
  await api.as("operator").post("/dead_letters/retry", { selection, reason: "x", dry_run: false, expected_count: 0 });
});
afterAll(() => api.stop());

const list = async (query = "") => (await api.as("viewer").get(`/audit${query}`)).body.data;

test("has what was done, by whom and why, and how it was before and after", async () => {
  expect(await list(`?payment_id=${ids[0]}`)).toMatchObject([
    { object: "audit_entry", actor: "admin", via: "api", action: "cancel", reason: "ordered twice" },
    {
      actor: "operator",
      action: "retry",
      reason: `retry ${ids[0]}`,
      payment_id: ids[0],
      before: { status: "dead_lettered", version: 1, dead_letter_reason: "attempts_spent" },
      after: { status: "queued", version: 2 },
      bulk_run_id: null,
    },
  ]);
});

test("speaks of everything in the words of the API", async () => {
  const [entry] = await list("?action=start_bulk_run");
  expect(entry.after.selection).toEqual({ filter: { merchant_id: api.merchantId } });
  expect(entry.target).toBe(entry.bulk_run_id);
});

test("is cut down by actor and action", async () => {
  expect(await list("?action=retry")).toHaveLength(3);
  expect(await list("?action=retry&actor=admin")).toEqual([]);
  expect(await list("?actor=admin")).toHaveLength(1);
  expect(await list(`?payment_id=${newId("pay")}`)).toEqual([]);
});

test("is newest first, and each entry is visited once, page by page", async () => {
  const seen = (await readAllPages(api.as("viewer"), "/audit", 2)).map(({ id }) => id);
  const stored = await api.query("SELECT id FROM audit_log ORDER BY id DESC");
  expect(seen).toEqual(stored.map(({ id }) => id));
});

test.each([
  ["payment_id=x", "payment_id"],
  ["payment=x", "payment"],
  ["actor=a%00b", "actor"],
  ["action=", "action"],
  [`starting_after=${newId("pay")}`, "starting_after"],
])("refuses ?%s", async (query, param) => {
  expectProblem(await api.as("viewer").get(`/audit?${query}`), "parameter_invalid", param);
});
