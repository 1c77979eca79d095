import { readFileSync } from "node:fs";

/**
 * The version of the package that a module belongs to.
 *
 * @param moduleUrl `import.meta.url` of a file directly in the package's `src` or `dist`
 */
export function readVersion(moduleUrl: string): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", moduleUrl), "utf8")) as { version: string };
  return version;
}
