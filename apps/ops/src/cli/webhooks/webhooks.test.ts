import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { deliverAllEvents, insertMerchant, insertWebhookEndpoint, succeedOne } from "@payonce/db/testing";
import { startTestCli, type TestCli } from "../test-cli.ts";

let cli: TestCli;
let merchantId: string;
let endpointId: string;
beforeAll(async () => {
  cli = await startTestCli();
  merchantId = await insertMerchant(cli.db);
  endpointId = (await insertWebhookEndpoint(cli.db, merchantId)).id;
});
afterAll(() => cli.drop());

const webhooks = (...args: string[]) => cli.run("webhooks", ...args);
const because = ["--reason", "their server is up again"] as const;

async function giveUp(): Promise<string> {
  await succeedOne(cli.db, merchantId);
  const [id = ""] = await deliverAllEvents(cli.db);
  await cli.query(
    `UPDATE webhook_deliveries SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL,
       attempts = 9, last_attempt_at = now(), last_http_status = 503, last_error = 'http_503', last_response = $2 WHERE id = $1`,
    id,
    "busy\u001b[2J",
  );
  return id;
}

test("endpoints and deliveries are listed, and one is shown with the answer, which drives no terminal", async () => {
  const id = await giveUp();
  const endpoints = await webhooks("endpoints", "--trouble", "dead_letters");
  expect(endpoints.stdout).toMatch(
    new RegExp(`^${endpointId} +Test +https://shop.example/hooks +enabled .* 0 +1 +0$`, "m"),
  );
  const deliveries = await webhooks("deliveries", "--endpoint", endpointId, "--status", "dead_lettered");
  expect(deliveries.stdout).toMatch(
    new RegExp(`^${id} +\\S+Z +payment.queued +dead_lettered +attempts_spent +9 +503`, "m"),
  );
  const shown = await webhooks("show", id);
  expect(shown.stdout).toMatch(/^Answer +busy\\u001b\[2J$/m);
  expect((await webhooks("deliveries", "--json")).json()).toMatchObject({
    object: "list",
    data: [{ id, attempts: 9 }],
  });
  expect((await webhooks("endpoints", "--json")).stdout).not.toMatch(/secret|whsec_/);
});

test("one delivery, or all that an endpoint was not told, is sent again once", async () => {
  const id = await giveUp();
  expect(await webhooks("redeliver", id, ...because)).toMatchObject({ stdout: `${id} is on its way again.\n` });
  expect(await webhooks("redeliver", id, ...because)).toMatchObject({
    exitCode: 0,
    stdout: `${id} is under way already: nothing was done.\n`,
  });
  await giveUp();
  const all = await webhooks("redeliver", endpointId, ...because);
  expect(all.stdout).toMatch(/^\d deliver(y is|ies are) on the way again\.\n$/);
  expect((await webhooks("redeliver", endpointId, ...because, "--json")).json()).toMatchObject({ redelivered: 0 });
  const wrong = await webhooks("redeliver", "pay_01m814esw7e00bgbyj9j5g8yxa", ...because);
  expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("starts with whd_, of a delivery") });
});

test("an endpoint is disabled and enabled, and the audit log knows why", async () => {
  const say = async (action: string) => (await webhooks(action, endpointId, ...because)).stdout;
  expect(await say("disable")).toContain("is disabled; what happens meanwhile is kept");
  expect(await say("disable")).toContain("was disabled already");
  expect((await webhooks("endpoints")).stdout).toContain("disabled (operator)");
  expect(await say("enable")).toContain("is enabled");
  const audit = await cli.query(
    "SELECT action, actor FROM audit_log WHERE target = $1 AND action LIKE '%endpoint' ORDER BY id",
    endpointId,
  );
  expect(audit).toEqual([
    { action: "disable_webhook_endpoint", actor: cli.actor },
    { action: "enable_webhook_endpoint", actor: cli.actor },
  ]);
});
