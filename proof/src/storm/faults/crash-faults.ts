import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "@payonce/stack";
import { CRASH_POINTS } from "./crash-points.ts";
import type { Fault } from "./fault.ts";

/** For so long the first process to come by is awaited. */
const PATIENCE_MS = 8_000;

/** One fault for each crash point: the next process that reaches it kills itself there. */
export const crashFaults: readonly Fault[] = CRASH_POINTS.map((point) => ({
  name: `crash-${point}`,
  group: "crash",
  about: `the process kills itself at ${point}`,
  async strike({ stack, over }) {
    const path = join(stack.crashDir, point);
    writeFileSync(path, "");
    const wasReached = await waitUntil("the crash point to be reached", () => !existsSync(path), {
      timeoutMs: PATIENCE_MS,
      pollMs: 50,
      signal: over,
    }).catch(() => false);
    rmSync(path, { force: true });
    return wasReached ? point : null;
  },
}));
