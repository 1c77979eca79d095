import { rmSync } from "node:fs";
import { join } from "node:path";

const dir = process.env.PAYONCE_CRASH_POINTS || undefined;

if (dir !== undefined && process.env.NODE_ENV === "production")
  throw new Error("PAYONCE_CRASH_POINTS is for the fault machine and must not be set in production");

/**
 * A place where a crash would be most unwelcome. The fault machine names a folder in `PAYONCE_CRASH_POINTS` and puts a file
 * of the point's name there: the process that takes it away kills itself on the spot, as a power cut would. Without the
 * variable, as always but then, this does nothing.
 */
export function crashPoint(name: string): void {
  if (dir === undefined) return;
  try {
    // Taken away before, so that one file is one crash, and one process's.
    rmSync(join(dir, name));
  } catch {
    return;
  }
  process.kill(process.pid, "SIGKILL");
  // The signal comes when it comes, and nothing may happen until it does.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
