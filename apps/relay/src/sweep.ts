import { dispatchAgain, findOverduePayments, isQueuePaused, type OverduePayment, reviewRefunds } from "@payonce/db";
import { CHARGES_QUEUE, type ChargeJob, chargeJobId } from "@payonce/domain";
import type { Logger } from "@payonce/service";
import type pg from "pg";
import { createLoop } from "./loop.ts";
import { type DeadLetterQueue, mendDeadLetters } from "./mend-dead-letters.ts";
import type { RefundQueues } from "./refunds/refund-queues.ts";
import { sweepRefunds } from "./refunds/sweep-refunds.ts";
import { type Swept, sweepOverdue } from "./sweep-overdue.ts";

export interface SweepOptions {
  pool: pg.Pool;
  /** What BullMQ has; throws when Redis is away. */
  queues: DeadLetterQueue & {
    /** The ids of those jobs that are gone or finished. */
    findLostJobs(jobs: readonly ChargeJob[]): Promise<ReadonlySet<string>>;
    setPaused(isPaused: boolean): Promise<void>;
    refunds: RefundQueues;
  };
  intervalMs: number;
  /** How long after its time a payment counts as overdue. */
  graceMs: number;
  /** From a refund's success to each review of it. */
  reviewWaitsMs: readonly number[];
  onSwept?: (swept: Swept) => void;
  logger: Logger;
}

/** In one pass: each is a question to the provider, and none is urgent. */
const REVIEWED_AT_ONCE = 100;

/**
 * Finds payments and refunds whose time has come and gone, and gives a new job to those that BullMQ has lost: after a
 * FLUSHALL, an eviction, a failover, a job that died by stalling. Asking first is what makes this safe to run at any moment:
 * behind a paused queue every payment is overdue and has its job. The same pass sees to it that BullMQ knows of an
 * operator's pause, and that the dead-letter queues are complete, and has refunds that succeeded a while ago reviewed.
 */
export function createSweep({ pool, queues, intervalMs, graceMs, reviewWaitsMs, onSwept, logger }: SweepOptions) {
  const runOnce = async (): Promise<Swept> => {
    await queues.setPaused(await isQueuePaused(pool, CHARGES_QUEUE));
    const charges = await sweepOverdue(pool, graceMs, {
      findOverdue: findOverduePayments,
      findLost: (overdue) => findLost(overdue, queues),
      dispatchAgain,
    });
    await mendDeadLetters(pool, queues);
    const refunds = await sweepRefunds(pool, queues.refunds, graceMs);
    await reviewRefunds(pool, reviewWaitsMs, REVIEWED_AT_ONCE);
    const total: Swept = {
      dispatched: charges.dispatched + refunds.dispatched,
      deadLettered: charges.deadLettered + refunds.deadLettered,
    };
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

async function findLost(overdue: readonly OverduePayment[], queues: SweepOptions["queues"]): Promise<OverduePayment[]> {
  const jobs = overdue.map(({ id, dispatch }) => ({ paymentId: id, dispatch }));
  const lost = await queues.findLostJobs(jobs);
  return overdue.filter(({ id, dispatch }) => lost.has(chargeJobId({ paymentId: id, dispatch })));
}
