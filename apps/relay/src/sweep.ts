import { dispatchAgain, FIRST_PAGE, findOverduePayments, isQueuePaused, type OverduePayment } from "@payonce/db";
import { CHARGES_QUEUE, type ChargeJob, chargeJobId } from "@payonce/domain";
import type { Logger } from "@payonce/service";
import type pg from "pg";
import { createLoop } from "./loop.ts";
import { type DeadLetterQueue, mendDeadLetters } from "./mend-dead-letters.ts";

export interface SweepOptions {
  pool: pg.Pool;
  /** What BullMQ has; throws when Redis is away. */
  queues: DeadLetterQueue & {
    /** The ids of those jobs that are gone or finished. */
    findLostJobs(jobs: readonly ChargeJob[]): Promise<ReadonlySet<string>>;
    setPaused(isPaused: boolean): Promise<void>;
  };
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
 * paused queue every payment is overdue and has its job. The same pass sees to it that BullMQ knows of an operator's pause,
 * and that the dead-letter queue is complete.
 */
export function createSweep({ pool, queues, intervalMs, graceMs, onSwept, logger }: SweepOptions) {
  const runOnce = async (): Promise<Swept> => {
    await queues.setPaused(await isQueuePaused(pool, CHARGES_QUEUE));
    const total: Swept = { dispatched: 0, deadLettered: 0 };
    let after: { nextActionAt: string; id: string } = FIRST_PAGE;
    for (;;) {
      const overdue = await findOverduePayments(pool, graceMs, after, PAGE);
      const lost = await findLost(overdue, queues);
      if (lost.length > 0) {
        const { dispatched, deadLettered } = await dispatchAgain(pool, lost, MAX_IDLE_DISPATCHES);
        total.dispatched += dispatched;
        total.deadLettered += deadLettered;
      }
      const last = overdue.at(-1);
      if (!last || overdue.length < PAGE) break;
      after = last;
    }
    await mendDeadLetters(pool, queues);
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

/** Finished counts as lost too: the job is over, and its payment is not. */
async function findLost(overdue: OverduePayment[], queues: SweepOptions["queues"]): Promise<OverduePayment[]> {
  const jobs = overdue.map(({ id, dispatch }) => ({ paymentId: id, dispatch }));
  const lost = await queues.findLostJobs(jobs);
  return overdue.filter(({ id, dispatch }) => lost.has(chargeJobId({ paymentId: id, dispatch })));
}
