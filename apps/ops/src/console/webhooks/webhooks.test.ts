import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { TEST_WEBHOOK_SECRET } from "@payonce/db/testing";
import { type Agent, startTestOps, type TestOps } from "../../test-ops.ts";
import { insertHostileDelivery } from "../test-webhooks.ts";

let ops: TestOps;
let operator: Agent;
let made: Awaited<ReturnType<typeof insertHostileDelivery>>;
beforeAll(async () => {
  ops = await startTestOps();
  operator = await ops.signIn("operator");
  made = await insertHostileDelivery(ops.db);
});
afterAll(() => ops.stop());

const press = async (path: string, fields: Record<string, string> = { reason: "it is up again" }) =>
  (await operator.post(path, fields)).headers.location?.split("notice=")[1];

test("an endpoint's page shows its deliveries, and a delivery's what was answered; neither shows a secret", async () => {
  const endpoint = (await operator.get(`/webhook-endpoints/${made.endpointId}`)).text;
  expect(endpoint).toContain(`href="/webhook-deliveries/${made.deliveryId}"`);
  expect(endpoint).toContain("Given up: all its attempts are spent");
  const delivery = (await operator.get(`/webhook-deliveries/${made.deliveryId}`)).text;
  expect(delivery).toContain("&lt;script>alert(1)&lt;/script>");
  const merchant = (await operator.get(`/merchants/${made.merchantId}`)).text;
  expect(merchant).toContain("https://shop.example");
  for (const text of [endpoint, delivery, merchant]) expect(text).not.toMatch(/whsec_|name="secret"/);
  expect(endpoint).not.toContain(TEST_WEBHOOK_SECRET);
});

test("a delivery is sent again once, and all that was given up once", async () => {
  const path = `/webhook-deliveries/${made.deliveryId}/redeliver`;
  expect(await press(path, { reason: "it is up again", version: "1" })).toBe("redelivered");
  expect(await press(path, { reason: "it is up again", version: "1" })).toBe("redelivered_before");
  expect((await operator.post(path, { version: "2" })).status).toBe(422);
  const all = `/webhook-endpoints/${made.endpointId}/redeliver`;
  expect(await press(all)).toBe("redelivered_none");
  await insertHostileDelivery(ops.db);
  const { rows } = await ops.db.pool.query("SELECT action FROM audit_log WHERE target = $1", [made.deliveryId]);
  expect(rows).toEqual([{ action: "redeliver_webhook" }]);
});

test("an endpoint is disabled and enabled by its forms", async () => {
  const act = (name: string) => press(`/webhook-endpoints/${made.endpointId}/${name}`);
  expect(await act("disable")).toBe("endpoint_disabled");
  expect(await act("disable")).toBe("endpoint_disabled_before");
  const page = (await operator.get("/webhooks?trouble=disabled")).text;
  expect(page).toContain("Disabled by an operator");
  const refused = await operator.post(`/webhook-endpoints/${made.endpointId}/redeliver`, { reason: "x" });
  expect([refused.status, refused.text.includes("Nothing was done.")]).toEqual([409, true]);
  expect(await act("enable")).toBe("endpoint_enabled");
});

test("the overview says what is wrong, and pauses each queue by itself", async () => {
  await insertHostileDelivery(ops.db);
  expect((await operator.get("/?live=off")).text).toMatch(/webhook deliver(y was|ies were) given up/);
  expect(await press("/pause/webhooks")).toBe("paused_webhooks");
  expect(await press("/pause/refunds")).toBe("paused_refunds");
  const { text } = await operator.get("/?live=off");
  expect(text).toContain("Telling merchants is paused by an operator.");
  expect(text).toContain("Refunding is paused by an operator.");
  expect(text).toContain("Pause charging…");
  expect(await press("/resume/webhooks")).toBe("resumed");
});
