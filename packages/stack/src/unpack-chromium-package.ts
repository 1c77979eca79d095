import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserProgram, FindBrowserOptions } from "./find-browser.ts";
import { fontSettings } from "./font-settings.ts";
import { unpackDebianPackages } from "./unpack-debian-packages.ts";

/** Chromium without a window needs half the libraries. DejaVu has the signs that Liberation has not. */
const packages = ["chromium-headless-shell", "fonts-liberation", "fonts-dejavu-core"];

/** Unpacks the distribution's Chromium into the folder, with fonts, unless it is there; see `unpackDebianPackages`. */
export async function unpackChromiumPackage(
  folder: string,
  { log, signal }: FindBrowserOptions,
): Promise<BrowserProgram> {
  const libraries = await unpackDebianPackages(packages, folder, {
    // Some 100 MB, more on a machine that lacks all its libraries.
    downloadTimeoutMs: 600_000,
    announcement: "No browser on PATH: fetching the distribution's Chromium, once (nothing gets installed)",
    complete: (root) => writeFileSync(join(root, "fonts.conf"), fontSettings),
    log,
    signal,
  });
  return {
    // Not the one in usr/bin, a script that runs what is installed.
    executablePath: join(folder, "usr", "lib", "chromium", "chromium-headless-shell"),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(folder, "fonts.conf") },
  };
}
