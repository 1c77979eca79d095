import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { countByPayment, readLedger, setProviderMode } from "./ledger.ts";
import { createRefundDesk } from "./refund-desk.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A folder to put pictures of the pages into, to be looked at by a person. */
const PICTURES = process.env.CONSOLE_PICTURES;

let stack: TestStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startTestStack({
      counts: { ops: 1, notifier: 1 },
      env: {
        charger: { RETRY_WAITS_MS: "100,100", BREAKER_FAILURES: "1000" },
        // Nobody listens there: what is sent is given up at once.
        notifier: { WEBHOOK_RETRY_WAITS_MS: "50" },
      },
    }),
    openBrowser(),
  ]);
  // A charger that has not heard yet whose account its key opens makes no attempts.
  const { body } = await stack.checkout.post({});
  await stack.checkout.outcome(body.id);
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  page.setDefaultTimeout(30_000);
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 30_000);

/** Given up after its attempts, because the provider was away. */
async function deadLetter(orderReference: string): Promise<string> {
  await setProviderMode(stack.info.simulatorUrl, "down");
  const { body } = await stack.checkout.post({ order_reference: orderReference });
  expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "dead_lettered" });
  await setProviderMode(stack.info.simulatorUrl, "up");
  return body.id;
}

/** A refund that was given up, because the provider was away. */
async function deadRefund(): Promise<string> {
  const desk = createRefundDesk(stack);
  const paymentId = await desk.charged();
  await setProviderMode(stack.info.simulatorUrl, "down");
  const id = await desk.refund(paymentId, { amount: 1000 });
  await desk.until(id, ["dead_lettered"]);
  await setProviderMode(stack.info.simulatorUrl, "up");
  return id;
}

/** An endpoint where nobody listens. */
async function makeEndpoint(): Promise<string> {
  const response = await fetch(`${stack.info.apiUrl}/v1/webhook_endpoints`, {
    method: "POST",
    headers: { authorization: `Bearer ${stack.info.secretKey}`, "content-type": "application/json" },
    body: JSON.stringify({ url: "http://127.0.0.1:1/hooks" }),
  });
  return ((await response.json()) as { id: string }).id;
}

async function signIn() {
  const { username, password } = stack.info.operator;
  await page.getByLabel("Name").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** What axe-core finds wrong with the page for people who cannot see it, or not well. */
async function findBarriers(): Promise<string[]> {
  await page.evaluate(AXE);
  const run = "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))";
  return (await page.evaluate(run)) as string[];
}

const picture = async (name: string) => {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
};

test("an operator signs in, finds a dead letter, reads its timeline, retries it with a reason and sees it succeed", async () => {
  const id = await deadLetter("order-4711");
  await page.goto(`${stack.info.opsUrl}/dead-letters`);
  await page.waitForURL("**/sign-in?next=%2Fdead-letters");
  await signIn();
  await page.waitForURL("**/dead-letters");

  await page.getByLabel("Search", { exact: true }).fill("order-4711");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: id }).click();
  await page.waitForURL(`**/payments/${id}`);
  const timeline = page.getByRole("region", { name: "Timeline" });
  for (const text of ["Request accepted", "Attempt 1", "Dead letter"]) await timeline.getByText(text).first().waitFor();

  await page.getByText("Retry…").click();
  await page.getByRole("button", { name: "Retry this payment" }).click();
  // A browser asks for the reason before it sends anything.
  expect(await page.locator("#form-retry :is(input, textarea):invalid").count()).toBe(1);
  await page.getByLabel("Reason").first().fill("The provider is back, ticket 42");
  await page.getByRole("button", { name: "Retry this payment" }).click();
  await page.getByRole("main").getByText("Succeeded").first().waitFor();
  await timeline.getByText("The provider is back, ticket 42").waitFor();

  expect(await stack.checkout.get(id)).toMatchObject({ body: { status: "succeeded" } });
  expect(countByPayment(await readLedger(stack.info.simulatorUrl)).get(id)).toBe(1);
  const audit = await stack.query("SELECT actor, via, action, reason FROM audit_log WHERE payment_id = $1", [id]);
  expect(audit).toEqual([
    { actor: "admin", via: "console", action: "retry", reason: "The provider is back, ticket 42" },
  ]);
}, 120_000);

test("a job of the dashboard leads to its payment", async () => {
  const id = await deadLetter("order-4712");
  await page.goto(`${stack.info.opsUrl}/queues/queue/charges-dead-letter`);
  await page.locator(`a[href$="/payments/${id}"]`).first().waitFor();
  await picture("queue");
  await page.goto(`${stack.info.opsUrl}/payments/${id}`);
  await page.getByRole("link", { name: new RegExp(`^${id}-v`) }).click();
  await page.waitForURL("**/queues/queue/charges-dead-letter/**");
  await page.locator(`a[href$="/payments/${id}"]`).first().waitFor();
  await picture("job");
}, 60_000);

test("an operator retries a refund that was given up, and the money goes back once", async () => {
  const endpointId = await makeEndpoint();
  const id = await deadRefund();
  await page.goto(`${stack.info.opsUrl}/dead-letters?kind=refund`);
  await page.getByRole("link", { name: id }).click();
  const refund = page.locator(`#${id}`);
  await refund.getByText("Dead letter", { exact: true }).waitFor();
  await refund.getByText("Retry…").click();
  await refund.getByLabel("Reason").first().fill("The provider is back, ticket 43");
  await refund.getByRole("button", { name: "Retry this refund" }).click();
  const desk = createRefundDesk(stack);
  await desk.until(id, ["succeeded"]);
  expect(await desk.madeFor(id)).toHaveLength(1);
  await page.reload();
  await page.getByText("Refund succeeded: the money has gone back").waitFor();
  await page.getByText("The provider is back, ticket 43").waitFor();

  // What the merchant was to be told of it was given up as well, and is sent again from its endpoint's page.
  const given = `SELECT count(*)::int AS n FROM webhook_deliveries WHERE endpoint_id = $1 AND status = 'dead_lettered'`;
  await until("a delivery is given up", async () => (await stack.query(given, [endpointId]))[0].n > 0);
  await page.goto(`${stack.info.opsUrl}/webhook-endpoints/${endpointId}`);
  await page.getByText("Send again what was given up…").click();
  await page.locator("#redeliver-reason").fill("Their server is up again");
  await page.getByRole("button", { name: "Send them again" }).click();
  await page.getByText("They are on their way again").waitFor();
}, 120_000);

test.each([
  ["on a wide screen, light", 1280, "light"],
  ["on a phone, dark", 390, "dark"],
] as const)(
  "every page can be used by everybody %s, and does not scroll sideways",
  async (_how, width, colorScheme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const [{ id }] = (await stack.query("SELECT id FROM payments WHERE status = 'dead_lettered' LIMIT 1")) as [
      { id: string },
    ];
    const [refund] = await stack.query("SELECT id, payment_id, merchant_id FROM refunds LIMIT 1");
    const [delivery] = await stack.query("SELECT id, endpoint_id FROM webhook_deliveries LIMIT 1");
    const paths = [
      "/",
      "/refunds",
      `/payments/${refund.payment_id}`,
      "/dead-letters?kind=refund",
      "/webhooks",
      `/webhook-endpoints/${delivery.endpoint_id}`,
      `/webhook-deliveries/${delivery.id}`,
      "/merchants",
      `/merchants/${refund.merchant_id}`,
      "/payments",
      "/dead-letters",
      `/payments/${id}`,
      "/anomalies",
      "/bulk-runs",
      "/audit",
      "/nowhere",
    ];
    for (const [index, path] of paths.entries()) {
      await page.goto(`${stack.info.opsUrl}${path}`);
      expect([path, await findBarriers()]).toEqual([path, []]);
      const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect([path, await page.evaluate(overflow)]).toEqual([path, 0]);
      await picture(`${index}-${path.slice(1).replace(/_.*/, "").replace(/\W/g, "-") || "overview"}-${width}`);
    }
  },
  60_000,
);

test("signing out ends the session, and no page has complained", async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(stack.info.opsUrl);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  expect(await findBarriers()).toEqual([]);
  await picture("sign-in");
  await page.goto(`${stack.info.opsUrl}/audit`);
  await page.waitForURL("**/sign-in?next=%2Faudit");
  // A page that is not there answers 404, which the browser counts among its errors.
  expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
}, 60_000);
