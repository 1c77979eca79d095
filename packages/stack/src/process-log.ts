import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

/** A log that has grown past this is put aside as `<name>.log.1` when its process is next started. */
const rotateBytes = 20 * 1024 * 1024;
const tailBytes = 2000;

/** Opens `<logsDir>/<name>.log` for appending; `size` is where the new lines will begin. The caller closes `fd`. */
export function openLog(logsDir: string, name: string): { fd: number; size: number } {
  mkdirSync(logsDir, { recursive: true, mode: 0o700 });
  const path = join(logsDir, `${name}.log`);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > rotateBytes) renameSync(path, `${path}.1`);
  const fd = openSync(path, "a", 0o600);
  return { fd, size: fstatSync(fd).size };
}

/** The last lines that were logged after byte `start`. */
export function readLogSince(logsDir: string, name: string, start: number): string {
  const fd = openSync(join(logsDir, `${name}.log`), "r");
  try {
    const end = fstatSync(fd).size;
    const from = Math.max(start, end - tailBytes);
    const buffer = Buffer.alloc(Math.max(0, end - from));
    readSync(fd, buffer, 0, buffer.length, from);
    return buffer.toString("utf8").trimEnd();
  } finally {
    closeSync(fd);
  }
}
