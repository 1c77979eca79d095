import { rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { whoRuns } from "./home-claim.ts";
import { forgetDataOutside } from "./stack-home.ts";

/** Only these are ours: a PAYONCE_HOME may point to a folder that holds other things. */
const ours = [
  "demo",
  "logs",
  "postgres",
  "redis",
  "simulator",
  "ports.json",
  "running.json",
  "secrets.json",
  "stack.json",
];

/**
 * Forgets a stack: its data, keys and logs, also the data that had to be kept outside its home.
 *
 * @throws when a stack runs in this home
 */
export function resetHome(home: string): void {
  const pid = whoRuns(home);
  if (pid !== undefined)
    throw new Error(`A stack runs in ${home} (pid ${pid}). Stop it first: Ctrl-C there, or kill ${pid}`);
  for (const name of ours) rmSync(join(home, name), { recursive: true, force: true });
  forgetDataOutside(home);
  try {
    rmdirSync(home);
  } catch {
    // It is not there, or holds something else.
  }
}
