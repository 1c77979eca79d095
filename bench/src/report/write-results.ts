import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "@payonce/stack";

export const resultsDir = join(repositoryRoot, "bench", "results");

/** Writes `latest.<kind>` in `bench/results`, over that of the last run. */
export function writeResult(name: string, content: string): string {
  mkdirSync(resultsDir, { recursive: true });
  const path = join(resultsDir, name);
  writeFileSync(path, content);
  return path;
}
