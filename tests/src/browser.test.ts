import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { openBrowser } from "./browser.ts";

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Payments</title></head>
<body><h1 style="font-family: sans-serif">12.50 € ✓</h1></body></html>`;

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = createServer((_request, response) => response.setHeader("content-type", "text/html").end(page));
  await once(server.listen(0, "127.0.0.1"), "listening");
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  server.close();
});

test("shows a page of this machine in a real browser, with fonts to draw it", async () => {
  const tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await tab.title()).toBe("Payments");
  const heading = tab.locator("h1");
  // Without any font its line has no height.
  expect(await heading.isVisible()).toBe(true);
  expect((await heading.screenshot({ type: "png" })).toString("latin1", 1, 4)).toBe("PNG");
});
