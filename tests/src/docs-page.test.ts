import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";

let stack: TestStack;
let browser: Browser;
beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startTestStack({ counts: { relay: 0, charger: 0, simulator: 0 } }),
    openBrowser(),
  ]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 30_000);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Opens the page, and keeps what the browser complains of and whom it asks. */
async function openDocs(path: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) hosts.add(new URL(request.url()).origin);
  });
  await page.goto(`${stack.info.apiUrl}${path}`);
  await page.locator("nav li").first().waitFor();
  return { page, context, complaints, hosts };
}

const untilInView = (page: Page, id: string) =>
  page.waitForFunction(`Math.abs(document.getElementById("${id}").getBoundingClientRect().top) < 100`);

test("shows guide and calls from our own files alone, under a policy that allows no others", async () => {
  const { page, context, complaints, hosts } = await openDocs("/docs");
  expect(complaints).toEqual([]);
  expect([...hosts]).toEqual([stack.info.apiUrl]);
  expect(await page.locator(".info h2#quick-start").count()).toBe(1);
  expect(await page.locator(".opblock").count()).toBeGreaterThan(30);
  const policy = (await fetch(`${stack.info.apiUrl}/docs`)).headers.get("content-security-policy");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain("unsafe");
  await context.close();
});

test("leads to a chapter and to a call by its address", async () => {
  const chapter = await openDocs("/docs#unknown-outcomes");
  await untilInView(chapter.page, "unknown-outcomes");
  await chapter.context.close();
  const call = await openDocs("/docs#/Refunds/createRefund");
  await call.page.locator("#operations-Refunds-createRefund .opblock-body").waitFor();
  expect(await call.page.locator("#operations-Refunds-createRefund pre").first().textContent()).toContain("curl -s");
  await call.context.close();
});

test("takes a payment out of the page itself", async () => {
  const { page, context } = await openDocs("/docs#/Payments/createPayment");
  await page.locator("button.authorize").first().click();
  await page.locator("#auth-bearer-value").first().fill(stack.info.secretKey);
  await page.locator(".auth-btn-wrapper button.authorize").first().click();
  await page.locator(".btn-done").first().click();
  const call = page.locator("#operations-Payments-createPayment");
  await call.locator("button.try-out__btn").click();
  await call
    .getByPlaceholder("Idempotency-Key")
    .or(call.locator("tr[data-param-name=Idempotency-Key] input"))
    .first()
    .fill("from-the-page");
  await call.locator("button.execute").click();
  await call.locator(".live-responses-table .response-col_status").last().waitFor();
  expect(await stack.query("SELECT status FROM payments WHERE idempotency_key = 'from-the-page'")).toEqual([
    { status: "queued" },
  ]);
  await context.close();
});

test("can be read by everybody", async () => {
  // The page's own policy would keep the checker out.
  const { page, context } = await openDocs("/docs", { bypassCSP: true });
  await page.addScriptTag({ content: axe });
  const { violations } = (await page.evaluate("axe.run()")) as { violations: { id: string; impact: string }[] };
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id);
  // Swagger UI puts the link of each call into the button that opens it.
  expect(serious.filter((id) => id !== "nested-interactive")).toEqual([]);
  await context.close();
});

test("fits a phone, and is dark where that is wanted", async () => {
  const { page, context } = await openDocs("/docs", { viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(20, 24, 31)");
  await context.close();
});

test("is asked for again after a minute, and Swagger UI's files never", async () => {
  const { apiUrl } = stack.info;
  const document = await fetch(`${apiUrl}/openapi.json`);
  expect(document.headers.get("cache-control")).toBe("public, max-age=60");
  const etag = document.headers.get("etag") ?? "";
  const again = await fetch(`${apiUrl}/openapi.json`, { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
  const html = await (await fetch(`${apiUrl}/docs`)).text();
  const [bundle = ""] = /\/docs\/swagger-ui-[\d.]+\/swagger-ui-bundle\.js/.exec(html) ?? [];
  expect((await fetch(`${apiUrl}${bundle}`)).headers.get("cache-control")).toContain("immutable");
  expect((await fetch(`${apiUrl}${bundle}.map`)).status).toBe(404);
});
