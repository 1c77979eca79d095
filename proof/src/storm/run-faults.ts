import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "./faults/fault.ts";
import type { PlannedFault } from "./plan-faults.ts";
import type { Random } from "./random.ts";
import type { StormStack } from "./storm-stack.ts";

/** A fault that has struck. */
export interface Struck {
  fault: Fault;
  /** What exactly it did; null when there was nothing to strike. */
  what: string | null;
}

/** Has each fault strike at its time, and resolves once all are undone. */
export async function runFaults(
  plan: readonly PlannedFault[],
  { stack, random, over, log }: { stack: StormStack; random: Random; over: AbortSignal; log: (line: string) => void },
): Promise<Struck[]> {
  const struck: Struck[] = [];
  const startedAt = Date.now();
  const hold = async (ms: number) => {
    await delay(ms, undefined, { signal: over }).catch(() => {});
  };
  const strike = async ({ name, atMs, fault }: PlannedFault) => {
    await hold(startedAt + atMs - Date.now());
    if (over.aborted) return;
    // One that fails has met another: Postgres was away for both.
    const what = await fault.strike({ stack, hold, over }, random.fork(name)).catch(() => null);
    struck.push({ fault, what });
    log(`${((Date.now() - startedAt) / 1_000).toFixed(1)} s ${fault.name}: ${what ?? "nothing to strike"}`);
  };
  await Promise.all(plan.map(strike));
  return struck;
}
