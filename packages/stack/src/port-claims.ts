import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Shared by every stack of this user: two that start at the same moment both find a port free, and one of them would then
// talk to the other's servers.
const folder = join(tmpdir(), `payonce-ports-${process.getuid?.() ?? 0}`);

const claimed = new Set<number>();
process.once("exit", () => {
  for (const port of claimed) if (holdsPort(port)) unclaimPort(port);
});

/**
 * Claims a port for this process among all stacks on the machine. A claim ends with its process, however that ends.
 *
 * @returns false when another living process has it
 */
export function claimPort(port: number): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(join(folder, String(port)), String(process.pid), { flag: "wx" });
      claimed.add(port);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = ownerOf(port);
      if (owner === process.pid) return true;
      if (owner !== undefined && isAlive(owner)) return false;
      unclaimPort(port);
    }
  }
  return false;
}

/** To be asked a moment after claiming: two that cleared away the same dead claim may both think they have it. */
export function holdsPort(port: number): boolean {
  return ownerOf(port) === process.pid;
}

export function unclaimPort(port: number): void {
  claimed.delete(port);
  rmSync(join(folder, String(port)), { force: true });
}

function ownerOf(port: number): number | undefined {
  try {
    return Number(readFileSync(join(folder, String(port)), "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
