import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, in memory, that can be filled to the last byte. */
export interface SmallDisk {
  path: string;
  /** @returns how much was left */
  fill(): number;
  free(): void;
  close(): void;
}

const SIZE_MB = 512;
const BLOCK = Buffer.alloc(1 << 20);

/** @returns null where this user may not mount one: that takes Linux, and root */
export function mountSmallDisk(): SmallDisk | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const path = mkdtempSync(join(tmpdir(), "payonce-small-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE_MB}m`, "tmpfs", path], { stdio: "ignore" });
  } catch {
    rmdirSync(path);
    return null;
  }
  // Postgres runs as somebody else than root.
  chmodSync(path, 0o755);
  const ballast = join(path, "ballast");
  return {
    path,
    fill: () => writeUntilFull(ballast),
    free: () => rmSync(ballast, { force: true }),
    close() {
      // Lazily: a process that dies at this moment still has files open.
      execFileSync("umount", ["--lazy", path], { stdio: "ignore" });
      rmdirSync(path);
    },
  };
}

function writeUntilFull(path: string): number {
  const file = openSync(path, "a");
  let total = 0;
  try {
    for (;;) total += writeSync(file, BLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    return total;
  } finally {
    closeSync(file);
  }
}
