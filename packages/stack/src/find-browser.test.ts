import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type FindBrowserOptions, findBrowser } from "./find-browser.ts";

let folder: string;
let ways: Required<Pick<FindBrowserOptions, "cacheDir" | "env" | "appPaths" | "unpack">>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "payonce-find-browser-"));
  const unpacked = { executablePath: program("cache/unpacked"), env: { LD_LIBRARY_PATH: "cache" } };
  ways = {
    cacheDir: join(folder, "cache"),
    env: { CHROMIUM_PATH: program("own/browser"), PATH: `${join(folder, "first")}:${join(folder, "second")}` },
    appPaths: [join(folder, "absent app"), program("apps/Chromium")],
    unpack: async () => unpacked,
  };
  program("first/google-chrome", "Google Chrome 150.0.7871.100");
  program("second/chromium");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, says = "Chromium 150.0.7871.100 built on Debian"): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 });
  return path;
}

const inFolder = (name: string) => ({ executablePath: join(folder, name), env: {} });

test("takes the browser that CHROMIUM_PATH names before any other", async () => {
  expect(await findBrowser(ways)).toEqual(inFolder("own/browser"));
});

test("takes a Chromium on PATH before a Chrome, and either before an app", async () => {
  ways.env.CHROMIUM_PATH = "";
  expect(await findBrowser(ways)).toEqual(inFolder("second/chromium"));
  rmSync(join(folder, "second/chromium"));
  expect(await findBrowser(ways)).toEqual(inFolder("first/google-chrome"));
  rmSync(join(folder, "first/google-chrome"));
  expect(await findBrowser(ways)).toEqual(inFolder("apps/Chromium"));
});

test("unpacks the distribution's package only where none is installed", async () => {
  ways.env = {};
  ways.appPaths = [];
  expect(await findBrowser(ways)).toEqual({ ...inFolder("cache/unpacked"), env: { LD_LIBRARY_PATH: "cache" } });
});

test("passes over a program that is no browser", async () => {
  ways.env.CHROMIUM_PATH = "";
  program("second/chromium", "Command requires the chromium snap to be installed.");
  expect(await findBrowser(ways)).toEqual(inFolder("first/google-chrome"));
});

test("refuses a CHROMIUM_PATH that leads to no browser instead of taking another one", async () => {
  ways.env.CHROMIUM_PATH = join(folder, "absent");
  await expect(findBrowser(ways)).rejects.toThrow(/CHROMIUM_PATH.*absent/);
});

test("names the ways to get one, and what was tried, when none works here", async () => {
  ways.env = {};
  ways.appPaths = [];
  ways.cacheDir = join(folder, "absent");
  ways.unpack = async () => {
    throw new Error("there is no apt-get here");
  };
  await expect(findBrowser(ways)).rejects.toThrow(/apt-get install chromium.*CHROMIUM_PATH.*no apt-get here$/s);
});

test("says how to get rid of an unpacked browser that does not run", async () => {
  ways.env = {};
  ways.appPaths = [];
  program("cache/unpacked", "libnss3.so: cannot open shared object file");
  await expect(findBrowser(ways)).rejects.toThrow(`cannot open shared object file\n  (remove ${ways.cacheDir}`);
});
