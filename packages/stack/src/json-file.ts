import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** Writes a file beside `path`, for its owner only, and renames it: readers and crashes never see half of it. */
export function writeJsonFile(path: string, value: unknown): void {
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
}

/** @returns undefined when there is no such file */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
}
