import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { deliverAllEvents, insertWebhookEndpoint, succeedOne, TEST_WEBHOOK_SECRET } from "@payonce/db/testing";
import { expectProblem, readAllPages, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
let endpointId: string;
beforeAll(async () => {
  api = await startTestApi();
  endpointId = (await insertWebhookEndpoint(api.db, api.merchantId)).id;
});
afterAll(() => api.stop());

const reason = "their server is up again";
const press = (path: string, body: object = { reason }) => api.as("operator").post(path, body);
const NOBODY = "01m814esw7e00bgbyj9j5g8yxa";

async function deadLetter(): Promise<string> {
  await succeedOne(api.db, api.merchantId);
  const [id = ""] = await deliverAllEvents(api.db);
  await api.query(
    `UPDATE webhook_deliveries SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL,
       attempts = 9, last_attempt_at = now(), last_duration_ms = 12, last_http_status = 503, last_error = 'http_503',
       last_response = 'busy' WHERE id = $1`,
    id,
  );
  return id;
}

test("endpoints and deliveries are shown, with what was answered and without secrets", async () => {
  const id = await deadLetter();
  const endpoint = (await api.as("viewer").get(`/webhook_endpoints/${endpointId}`)).body;
  expect(endpoint).toMatchObject({ merchant_id: api.merchantId, dead_lettered: 1, last_failure: { http_status: 503 } });
  expect(JSON.stringify(endpoint)).not.toContain(TEST_WEBHOOK_SECRET);
  const delivery = (await api.as("viewer").get(`/webhook_deliveries/${id}`)).body;
  expect(delivery).toMatchObject({ endpoint_id: endpointId, attempts: 9, last_attempt: { response: "busy" } });
  const lists = ["/webhook_endpoints?trouble=dead_letters", `/webhook_deliveries?endpoint_id=${endpointId}`];
  const found = await Promise.all(lists.map((path) => readAllPages(api.as("viewer"), path, 1)));
  expect(found.map(([first]) => first?.id)).toEqual([endpointId, id]);
  const { webhooks } = (await api.as("viewer").get("/overview")).body;
  expect(webhooks).toMatchObject({ dead_letters: { count: 1 }, disabled_endpoints: { count: 0 } });
});

describe("redelivering", () => {
  test("one sends it again once, however often it is pressed", async () => {
    const id = await deadLetter();
    const answers = await Promise.all([1, 2, 3].map(() => press(`/webhook_deliveries/${id}/redeliver`)));
    expect(answers.map(({ status, body }) => [status, body.changed]).toSorted()).toEqual([
      [202, false],
      [202, false],
      [202, true],
    ]);
    expect(await api.auditOf(id)).toEqual([{ actor: "operator", via: "api", action: "redeliver_webhook", reason }]);
    await api.query("UPDATE webhook_deliveries SET status = 'succeeded', next_action_at = NULL WHERE id = $1", id);
    const old = await press(`/webhook_deliveries/${id}/redeliver`, { reason, version: 1 });
    expectProblem(old, "webhook_delivery_changed");
  });

  test("all of an endpoint sends again what was given up, and then nothing", async () => {
    await deadLetter();
    const path = `/webhook_endpoints/${endpointId}/redeliver`;
    const { body } = await press(path);
    expect(body.redelivered).toBeGreaterThan(0);
    expect((await press(path)).body).toMatchObject({ redelivered: 0, is_more: false });
  });
});

test("an endpoint is disabled and enabled; while it is disabled nothing is sent to it", async () => {
  const id = await deadLetter();
  const change = async (action: string) => (await press(`/webhook_endpoints/${endpointId}/${action}`)).body;
  expect(await change("disable")).toMatchObject({ status: "disabled", changed: true });
  expect(await change("disable")).toMatchObject({ status: "disabled", changed: false });
  const shown = (await api.as("viewer").get(`/webhook_endpoints/${endpointId}`)).body;
  expect(shown).toMatchObject({ disabled_reason: "operator" });
  for (const path of [`/webhook_deliveries/${id}/redeliver`, `/webhook_endpoints/${endpointId}/redeliver`])
    expectProblem(await press(path), "webhook_endpoint_disabled");
  expect(await change("enable")).toMatchObject({ status: "enabled", changed: true });
  const actions = (await api.auditOf(endpointId)).map(({ action }) => action);
  expect(actions.filter((action) => action !== "redeliver_webhooks")).toEqual([
    "disable_webhook_endpoint",
    "enable_webhook_endpoint",
  ]);
});

test("what nobody has is not found", async () => {
  for (const action of ["enable", "disable", "redeliver"])
    expectProblem(await press(`/webhook_endpoints/whe_${NOBODY}/${action}`), "webhook_endpoint_not_found");
  expectProblem(await press(`/webhook_deliveries/whd_${NOBODY}/redeliver`), "webhook_delivery_not_found");
  expectProblem(await api.as("viewer").get(`/webhook_deliveries/whd_${NOBODY}`), "webhook_delivery_not_found");
  expectProblem(await api.as("viewer").get(`/webhook_endpoints/whe_${NOBODY}`), "webhook_endpoint_not_found");
});
