import { setTimeout as sleep } from "node:timers/promises";
import { isUnavailable } from "@payonce/db";
import { type BulkRun, readBulkRun, runBulkBatch } from "@payonce/db/operations";
import type { Cli } from "../cli.ts";
import { count } from "../terminal/words.ts";
import { createProgress } from "./progress.ts";

export interface FollowTimes {
  pollMs: number;
  /** Without progress for so long, nobody works on it. The slowest run makes a step every second. */
  patienceMs: number;
}

const TIMES: FollowTimes = { pollMs: 400, patienceMs: 2_500 };
/** Batches have their times in Postgres; this only keeps from asking for them all the time. */
const HELP_POLL_MS = 50;

/**
 * Follows a run until it ends, or until Ctrl-C, which leaves it running. Where no ops app works it off, this does: each
 * batch is taken by one process only, and at the run's own rate.
 *
 * @returns the run as it was last seen
 */
export async function followRun(cli: Cli, id: string, { pollMs, patienceMs }: FollowTimes = TIMES): Promise<BulkRun> {
  const interrupted = new AbortController();
  const release = cli.terminal.onInterrupt(() => interrupted.abort());
  const progress = createProgress(cli.terminal.stderr);
  const read = async () => (await readBulkRun(cli.pool(), id)) as BulkRun;
  let isHelping = false;
  try {
    let run = await untilAnswered(read, cli, interrupted.signal);
    let movedAt = performance.now();
    while (run.status === "running" && !interrupted.signal.aborted) {
      progress.show(run);
      if (isHelping) await untilAnswered(() => runBulkBatch(cli.pool()), cli, interrupted.signal);
      await sleep(isHelping ? HELP_POLL_MS : pollMs, undefined, { signal: interrupted.signal }).catch(() => {});
      const now = await untilAnswered(read, cli, interrupted.signal);
      if (now.left !== run.left) movedAt = performance.now();
      else if (!isHelping && performance.now() - movedAt > patienceMs) {
        isHelping = true;
        progress.clear();
        cli.note("No ops app works on it, so this command does.");
      }
      run = now;
    }
    progress.clear();
    if (run.status === "running") sayHowToGoOn(cli, run, isHelping);
    return run;
  } finally {
    progress.clear();
    release();
  }
}

/** Postgres may be away for a while: the run is in there, and goes on when it is back. */
async function untilAnswered<T>(ask: () => Promise<T>, cli: Cli, signal: AbortSignal): Promise<T> {
  for (let isSaid = false; ; isSaid = true) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnavailable(error) || signal.aborted) throw error;
      if (!isSaid) cli.note("Postgres cannot be asked; waiting for it.");
      await sleep(1_000, undefined, { signal }).catch(() => {});
    }
  }
}

function sayHowToGoOn({ calledAs, note }: Cli, { id, left }: BulkRun, isHelping: boolean): void {
  const who = isHelping ? "when an ops app runs, or when it is followed" : "in the background";
  note(`Not stopped: ${count(left, "payment")} to go, ${who}.
  To follow it again:  ${calledAs} dead-letters follow ${id}
  To stop it:          ${calledAs} dead-letters abort ${id} --reason "…"`);
}
