import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { BrowserContext } from "playwright-core";
import { until } from "./until.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A folder to put pictures of the page into, to be looked at by a person. */
const PICTURES = process.env.CHECKOUT_PICTURES;

/** Adds up by how much the page jumped, as browsers measure it: without what follows a click at once. */
const WATCH_JUMPS = `
  window.jumps = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.jumps += entry.value;
  }).observe({ type: "layout-shift", buffered: true });`;

/** The demo shop in a tab, as a customer uses it. */
export async function openShopPage(context: BrowserContext, checkoutUrl: string, knownOrder?: string) {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.addInitScript(WATCH_JUMPS);
  await page.goto(`${checkoutUrl}/${knownOrder ? `?order=${knownOrder}` : ""}`);
  await page.locator("#form[data-is-ready]").waitFor();
  const order = new URL(page.url()).searchParams.get("order") ?? "";
  const text = (id: string) => page.locator(`#${id}`).textContent();
  const shows = (title: string) => until(`the page shows ${title}`, async () => (await text("state-title")) === title);
  return {
    page,
    order,
    async choose(token: string) {
      const input = page.locator(`input[value="${token}"]`);
      // Of those that are folded away.
      if (!(await input.isVisible())) await page.getByText("More cards").click();
      await input.check();
    },
    pay: () => page.locator("#pay").click(),
    /** Waits until the state of the payment is called so. */
    shows,
    isPaid: () => shows("Paid, once"),
    /** Waits until the timeline has an entry of this title. */
    tells: (title: string) =>
      page.getByRole("list", { name: "Timeline" }).getByText(title, { exact: true }).first().waitFor(),
    titles: () => page.locator("#timeline strong").allTextContents(),
    count: async (what: "clicks" | "requests" | "charges") => Number(await text(what)),
    /** What axe-core finds wrong with the page for people who cannot see it, or not well. */
    async barriers(): Promise<string[]> {
      await page.evaluate(AXE);
      const run =
        "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))";
      return page.evaluate(run);
    },
    overflow: (): Promise<number> => page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
    jumps: (): Promise<number> => page.evaluate("window.jumps"),
    async picture(name: string) {
      if (!PICTURES) return;
      const jumps = await page.evaluate("window.jumps");
      await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
      // For the picture the window was made as high as the page.
      await page.evaluate(`requestAnimationFrame(() => setTimeout(() => { window.jumps = ${jumps}; }, 50))`);
    },
  };
}
export type ShopPage = Awaited<ReturnType<typeof openShopPage>>;
