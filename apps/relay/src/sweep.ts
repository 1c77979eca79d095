import { dispatchAgain, FIRST_PAGE, findOverduePayments, type OverduePayment } from "@payonce/db";
import type { ChargeJob } from "@payonce/domain";
import type { Logger } from "@payonce/service";
import type pg from "pg";
import { createLoop } from "./loop.ts";

export interface SweepOptions {
  pool: pg.Pool;
  /** BullMQ's word for the state of a payment's job, or `absent`. Throws when Redis is away. */
  findJobState: (job: ChargeJob) => Promise<string>;
  intervalMs: number;
  /** How long after its time a payment counts as overdue. */
  graceMs: number;
  onSwept?: (swept: Swept) => void;
  logger: Logger;
}

export interface Swept {
  dispatched: number;
  deadLettered: number;
}

const PAGE = 500;
/** So many jobs in a row that never led to a claim: not bad luck any more. */
const MAX_IDLE_DISPATCHES = 10;

/**
 * Finds payments whose time has come and gone, and gives a new job to those that BullMQ has lost: after a FLUSHALL, an
 * eviction, a failover, a job that died by stalling. Asking first is what makes this safe to run at any moment: behind a
 * paused queue every payment is overdue and has its job.
 */
export function createSweep({ pool, findJobState, intervalMs, graceMs, onSwept, logger }: SweepOptions) {
  const runOnce = async (): Promise<Swept> => {
    const total: Swept = { dispatched: 0, deadLettered: 0 };
    let after: { nextActionAt: string; id: string } = FIRST_PAGE;
    for (;;) {
      const overdue = await findOverduePayments(pool, graceMs, after, PAGE);
      const lost = await findLost(overdue, findJobState);
      if (lost.length > 0) {
        const { dispatched, deadLettered } = await dispatchAgain(pool, lost, MAX_IDLE_DISPATCHES);
        total.dispatched += dispatched;
        total.deadLettered += deadLettered;
      }
      const last = overdue.at(-1);
      if (!last || overdue.length < PAGE) break;
      after = last;
    }
    if (total.dispatched + total.deadLettered > 0) logger.info(total, "swept");
    onSwept?.(total);
    return total;
  };
  const step = async () => {
    await runOnce();
    return intervalMs;
  };
  return { runOnce, ...createLoop("sweep", step, logger) };
}

async function findLost(
  overdue: OverduePayment[],
  findJobState: SweepOptions["findJobState"],
): Promise<OverduePayment[]> {
  const states = await Promise.all(overdue.map(({ id, dispatch }) => findJobState({ paymentId: id, dispatch })));
  return overdue.filter((_, i) => isLost(states[i] ?? "absent"));
}

/** Finished counts as lost too: the job is over, and its payment is not. */
function isLost(jobState: string): boolean {
  return jobState === "absent" || jobState === "completed" || jobState === "failed";
}
