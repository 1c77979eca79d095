import { existsSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import { runCommand } from "./run-command.ts";
import { repositoryRoot } from "./stack-home.ts";
import { unpackChromiumPackage } from "./unpack-chromium-package.ts";

export interface BrowserProgram {
  executablePath: string;
  /** What it needs in its environment, besides what is there, to find its libraries and fonts. */
  env: Record<string, string>;
}

export interface FindBrowserOptions {
  /** Where it is unpacked to: kept between runs and shared by all of this clone. */
  cacheDir?: string;
  log?: (line: string) => void;
  signal?: AbortSignal | undefined;
  /** Holds CHROMIUM_PATH and PATH; this process's own unless given. */
  env?: NodeJS.ProcessEnv;
  /** Where a macOS app would have its program. */
  appPaths?: readonly string[];
  /** Fetches one, or takes what it has fetched before. */
  unpack?: (cacheDir: string, options: FindBrowserOptions) => Promise<BrowserProgram>;
}

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell"];
const macAppPaths = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * Finds a Chromium for tests: the one CHROMIUM_PATH names, else one that is installed, else the distribution's package
 * (unpacked, not installed, and kept for the next time).
 *
 * @throws with the ways to get one when none of these works here, or when CHROMIUM_PATH leads to none
 */
export async function findBrowser(options: FindBrowserOptions = {}): Promise<BrowserProgram> {
  const env = options.env ?? process.env;
  const cacheDir = options.cacheDir ?? join(repositoryRoot, "node_modules", ".cache", "payonce", "chromium");
  const unpack = options.unpack ?? unpackChromiumPackage;
  // Whoever names one wants that one and no other.
  if (env.CHROMIUM_PATH) return chosen(env.CHROMIUM_PATH);
  const onPath = names.map((name) => findOnPath(name, env.PATH ?? "")).filter((path) => path !== undefined);
  const apps = (options.appPaths ?? macAppPaths).filter((path) => existsSync(path));
  const sources = [
    ...[...onPath, ...apps].map((path) => async () => ({ executablePath: path, env: {} })),
    () => unpack(cacheDir, options),
  ];
  const failures: string[] = [];
  for (const source of sources) {
    try {
      return await thatRuns(await source());
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(`  ${(error as Error).message.split("\n").slice(0, 3).join(" ")}`);
    }
  }
  if (existsSync(cacheDir)) failures.push(`  (remove ${cacheDir} to have it fetched anew)`);
  throw new Error(noBrowserMessage(failures));
}

async function chosen(executablePath: string): Promise<BrowserProgram> {
  try {
    return await thatRuns({ executablePath, env: {} });
  } catch (error) {
    throw new Error(`CHROMIUM_PATH does not lead to a Chromium that runs here: ${(error as Error).message}`);
  }
}

/** Some are no more than a hint to install something else, and an unpacked one may come from another machine. */
async function thatRuns(browser: BrowserProgram): Promise<BrowserProgram> {
  const { executablePath, env } = browser;
  const said = await runCommand(executablePath, ["--version"], { timeoutMs: 30_000, env: { ...process.env, ...env } });
  if (!/Chrom(e|ium)\D*\d+\./.test(said)) {
    throw new Error(`${executablePath} does not tell its version: ${said.trim()}`);
  }
  return browser;
}

function noBrowserMessage(failures: string[]): string {
  return [
    "The browser tests need a Chromium and found none. Any one of these will do:",
    "  macOS       brew install --cask chromium, or install Google Chrome",
    "  Debian      sudo apt-get install chromium",
    "  Fedora      sudo dnf install chromium",
    "  elsewhere   set CHROMIUM_PATH to the program of a Chromium or Chrome",
    "What was tried:",
    ...failures,
  ].join("\n");
}
