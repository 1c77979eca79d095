import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { countByPayment, readLedger } from "./ledger.ts";
import { openShopPage, type ShopPage } from "./shop-page.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

/** Its money is taken, and its answer never comes. */
const LOST = "pm_sim_timeout_charged";

let stack: TestStack;
let browser: Browser;
let context: BrowserContext;
/** What a page must not do: break its own policy, throw, ask somebody else. */
const complaints: string[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startTestStack({ counts: { checkout: 1 }, env: { charger: { PROVIDER_TIMEOUT_MS: "700" } } }),
    openBrowser(),
  ]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 30_000);
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const hosts = [stack.info.checkoutUrl, stack.info.apiUrl];
  context.on("request", (request) => {
    if (!hosts.some((host) => request.url().startsWith(`${host}/`))) complaints.push(request.url());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) complaints.push(message.text());
  });
});
afterEach(async () => {
  await context.close();
  expect(complaints.splice(0)).toEqual([]);
});

const open = (order?: string) => openShopPage(context, stack.info.checkoutUrl, order);

/** What came of an order: the states of its payments, and how often the provider charged for it. */
async function judge({ order }: ShopPage) {
  const payments = await stack.query("SELECT id, status FROM payments WHERE order_reference = $1 ORDER BY id", [order]);
  const charges = countByPayment(await readLedger(stack.info.simulatorUrl));
  return {
    payments: payments.map(({ status }) => status),
    charges: payments.reduce((sum, { id }) => sum + (charges.get(id) ?? 0), 0),
  };
}
const paidOnce = { payments: ["succeeded"], charges: 1 };

test("a double click, and ten fast ones, are one payment and one charge", async () => {
  const shop = await open();
  await shop.page.getByRole("button", { name: /^Pay/ }).dblclick();
  await shop.page.locator("#pay").evaluate((button) => {
    for (let i = 0; i < 10; i++) (button as unknown as { click(): void }).click();
  });
  await shop.isPaid();
  expect(await shop.count("clicks")).toBe(12);
  expect(await shop.count("requests")).toBeLessThan(12);
  await until("the page has seen the charge", async () => (await shop.count("charges")) === 1);
  expect(await judge(shop)).toEqual(paidOnce);

  // Once more, now that it is over.
  await shop.pay();
  await until("the click counts", async () => (await shop.count("clicks")) === 13);
  await shop.isPaid();
  expect(await judge(shop)).toEqual(paidOnce);
});

describe("a reload", () => {
  test("in the middle of a payment goes on with the same one", async () => {
    const shop = await open();
    await shop.choose(LOST);
    await shop.pay();
    await shop.tells("With the provider");
    await shop.page.reload();
    await shop.tells("With the provider");
    await shop.isPaid();
    expect(await judge(shop)).toEqual(paidOnce);
  });

  test("before the answer came says so, sends nothing, and the next click is the same payment", async () => {
    const shop = await open();
    const losing = await loseAnswers(shop.page);
    await shop.pay();
    await until("the payment has been taken on", async () => (await judge(shop)).payments.length === 1);
    await shop.page.reload();
    await shop.shows("No answer yet");
    losing.stop();
    const requests = await shop.count("requests");
    await shop.pay();
    await shop.isPaid();
    expect(await shop.count("requests")).toBe(requests + 1);
    expect(await judge(shop)).toEqual(paidOnce);
  });
});

/** Payments arrive, and nobody hears of it, until it is stopped. */
async function loseAnswers(page: Page): Promise<{ stop(): void }> {
  let isLosing = true;
  await page.route("**/v1/payments", async (route) => {
    if (isLosing && route.request().method() === "POST") await route.fetch().catch(() => {});
    else await route.continue();
  });
  return {
    stop() {
      isLosing = false;
    },
  };
}

describe("without a connection for a while", () => {
  test("Pay is sent when it is back, once", async () => {
    const shop = await open();
    await context.setOffline(true);
    let tries = 0;
    shop.page.on("requestfailed", (request) => {
      if (request.method() === "POST" || request.method() === "OPTIONS") tries++;
    });
    await shop.pay();
    await shop.shows("You are offline");
    await until("it has been tried several times", () => tries >= 3);
    expect((await judge(shop)).payments).toEqual([]);
    await context.setOffline(false);
    await shop.isPaid();
    expect(await judge(shop)).toEqual(paidOnce);
  });

  test("what happened meanwhile is told when it is back", async () => {
    const shop = await open();
    await shop.choose(LOST);
    await shop.pay();
    await shop.tells("With the provider");
    await context.setOffline(true);
    await shop.shows("You are offline");
    await until("it is paid", async () => (await judge(shop)).payments[0] === "succeeded");
    await context.setOffline(false);
    await shop.isPaid();
    await shop.tells("No clear answer");
    expect(await judge(shop)).toEqual(paidOnce);
  });
});

test("two tabs that pay for one order at the same moment are charged once, and both are told so", async () => {
  const first = await open();
  const second = await open(first.order);
  await second.choose("pm_card_mastercard");
  await Promise.all([first.pay(), second.pay()]);
  await Promise.all([first.isPaid(), second.isPaid()]);
  expect(await judge(first)).toEqual(paidOnce);
  // One that is opened later knows as well.
  await (await open(first.order)).isPaid();
});

test("money that is taken without an answer is taken once, and is not called a failure meanwhile", async () => {
  const shop = await open();
  await shop.choose(LOST);
  await shop.pay();
  await shop.tells("No clear answer");
  await shop.pay();
  await shop.choose("pm_card_visa");
  await shop.pay();
  await shop.isPaid();
  expect(await shop.titles()).toEqual([
    "Accepted",
    "With the provider",
    "No clear answer",
    "With the provider",
    "Paid",
  ]);
  expect(await judge(shop)).toEqual(paidOnce);
});

test("after a decline another card pays, and a new order starts from nothing", async () => {
  const shop = await open();
  await shop.choose("pm_card_chargeDeclinedInsufficientFunds");
  await shop.pay();
  await shop.shows("Declined");
  await shop.page.getByText("there is not enough money on the card").first().waitFor();
  await shop.choose("pm_card_visa");
  await shop.pay();
  await shop.isPaid();
  expect(await judge(shop)).toEqual({ payments: ["declined", "succeeded"], charges: 1 });

  await shop.page.getByRole("button", { name: "New order" }).click();
  await shop.shows("Ready");
  expect([await shop.count("clicks"), new URL(shop.page.url()).search === `?order=${shop.order}`]).toEqual([0, false]);
});

test("the API is killed while the page waits, and the page goes on when it is back", async () => {
  const shop = await open();
  await shop.choose(LOST);
  await shop.pay();
  await shop.tells("With the provider");
  const [pid] = stack.info.pids.api;
  process.kill(pid as number, "SIGKILL");
  await until("the API is back", () => stack.info.pids.api.some((other) => other !== pid));
  await shop.isPaid();
  expect(await judge(shop)).toEqual(paidOnce);
});

test("every card of the simulator can be chosen, and no other", async () => {
  const { payment_methods } = (await (await fetch(stack.info.simulatorUrl)).json()) as { payment_methods: object };
  // Stripe has each declining card under two names.
  const tokens = Object.keys(payment_methods).filter((token) => !token.startsWith("pm_card_visa_chargeDeclined"));
  const shop = await open();
  const offered = await shop.page
    .locator("input[name=card]")
    .evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value));
  expect(offered.sort()).toEqual(tokens.sort());
});

test.each([
  ["on a wide screen, light", 1280, "light"],
  ["on a phone, dark", 360, "dark"],
] as const)("everybody can use the page %s, from the first look to the end", async (_how, width, colorScheme) => {
  await context.close();
  context = await browser.newContext({ viewport: { width, height: 780 }, colorScheme });
  const shop = await open();
  const look = async (state: string) => {
    await shop.picture(`${state}-${width}-${colorScheme}`);
    expect([state, await shop.barriers(), await shop.overflow()]).toEqual([state, [], 0]);
  };
  await shop.page.getByText("More cards").click();
  await look("all-cards");
  await shop.page.getByText("More cards").click();
  await look("ready");
  // By keyboard alone: the second card, then Pay.
  await shop.page.locator("input[name=card]:checked").focus();
  await shop.page.keyboard.press("ArrowDown");
  await shop.page.keyboard.press("Enter");
  await shop.tells("No clear answer");
  await look("finding-out");
  await shop.isPaid();
  await until("the page has seen the charge", async () => (await shop.count("charges")) === 1);
  await look("paid");
  expect(await shop.jumps()).toBeLessThan(0.02);

  await shop.page.getByRole("button", { name: "New order" }).click();
  await shop.choose("pm_card_chargeDeclinedInsufficientFunds");
  await shop.pay();
  await shop.shows("Declined");
  await look("declined");
});
