import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { openAnomaly } from "@payonce/db";
import { emptyTables } from "@payonce/db/testing";
import { expectProblem, readAllPages, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "anomalies"));

let made = 0;
async function open(): Promise<string> {
  made += 1;
  const evidence = { amountMinor: 4200, charges: [{ objectId: "pi_1" }] };
  await openAnomaly(api.db.pool, {
    kind: "charge_without_payment",
    paymentId: null,
    providerObjectId: `pi_${made}`,
    evidence,
  });
  return (await api.query("SELECT id FROM anomalies ORDER BY id DESC LIMIT 1"))[0].id;
}
const list = async (query = "") => (await api.as("viewer").get(`/anomalies${query}`)).body.data;
const resolve = (id: string, body: object = {}) =>
  api.as("operator").post(`/anomalies/${id}/resolve`, { resolution: "refunded", reason: "re_1", ...body });

test("the list has those that are open, newest first, page by page", async () => {
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push(await open());
  const seen = await readAllPages(api.as("viewer"), "/anomalies", 2);
  expect(seen.map(({ id }) => id)).toEqual(ids.toReversed());
  expect(seen[0]).toMatchObject({
    object: "anomaly",
    kind: "charge_without_payment",
    payment_id: null,
    evidence: { amount_minor: 4200, charges: [{ object_id: "pi_1" }] },
    resolved_at: null,
  });
});

test("one that is resolved is no longer open, and says how it ended", async () => {
  const id = await open();
  const answer = await resolve(id);
  expect([answer.status, answer.body]).toMatchObject([200, { id, resolution: "refunded" }]);
  expect(await list()).toEqual([]);
  expect(await list("?status=resolved")).toEqual([answer.body]);
  expect(await api.auditOf(id)).toEqual([{ actor: "operator", via: "api", action: "resolve_anomaly", reason: "re_1" }]);
});

test("resolved by two at once it has one effect and one entry", async () => {
  const id = await open();
  const answers = await api.atOnce("anomalies", id, [() => resolve(id), () => resolve(id, { resolution: "accepted" })]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expectProblem(await resolve(id), "anomaly_resolved");
  expect(await api.auditOf(id)).toHaveLength(1);
});

test.each([undefined, "", "done", null, 1])("a resolution cannot be %p", async (resolution) => {
  const id = await open();
  expectProblem(await resolve(id, { resolution }), "field_invalid", "resolution");
  expect(await list()).toHaveLength(1);
});

test.each(["status=all", "status=", "status=open&status=resolved"])("the list refuses ?%s", async (query) => {
  expectProblem(await api.as("viewer").get(`/anomalies?${query}`), "parameter_invalid", "status");
});
