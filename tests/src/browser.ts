import { type BrowserProgram, findBrowser } from "@payonce/stack";
import { type Browser, chromium } from "playwright-core";

const args = [
  "--headless",
  // Refuses to run as root otherwise.
  "--no-sandbox",
  "--disable-gpu",
  // Nothing that asks the internet for anything.
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts a real Chromium without a window, with a profile of its own that goes when it is closed.
 *
 * @throws with the ways to get one where there is none
 */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, env } = await browserOfThisRun();
  return chromium.launch({ executablePath, env: { ...process.env, ...env }, args });
}

/** The one that the set-up of `npm test` has found, or has looked for in vain. */
async function browserOfThisRun(): Promise<BrowserProgram> {
  if (!process.env.TEST_BROWSER) return findBrowser();
  const found = JSON.parse(process.env.TEST_BROWSER) as BrowserProgram | { missing: string };
  if ("missing" in found) throw new Error(found.missing);
  return found;
}
