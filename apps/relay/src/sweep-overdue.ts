import { FIRST_PAGE, type OverduePayment } from "@payonce/db";
import { crashPoint } from "@payonce/service";
import type pg from "pg";

export interface Swept {
  dispatched: number;
  deadLettered: number;
}

/** What is swept: payments, or their refunds. */
export interface SweptQueue {
  findOverdue: (
    pool: pg.Pool,
    graceMs: number,
    after: { nextActionAt: string; id: string },
    limit: number,
  ) => Promise<OverduePayment[]>;
  /** Of those, the ones whose job BullMQ does not have any more, or has finished with: the job is over, and they are not. */
  findLost: (overdue: readonly OverduePayment[]) => Promise<OverduePayment[]>;
  dispatchAgain: (pool: pg.Pool, lost: readonly OverduePayment[], maxIdleDispatches: number) => Promise<Swept>;
}

const PAGE = 500;
/** So many jobs in a row that never led to a claim: not bad luck any more. */
const MAX_IDLE_DISPATCHES = 10;

/** Gives a new job to everything that is overdue and has none any more. */
export async function sweepOverdue(pool: pg.Pool, graceMs: number, queue: SweptQueue): Promise<Swept> {
  const total: Swept = { dispatched: 0, deadLettered: 0 };
  for (let after: { nextActionAt: string; id: string } = FIRST_PAGE; ; ) {
    const overdue = await queue.findOverdue(pool, graceMs, after, PAGE);
    const lost = await queue.findLost(overdue);
    if (lost.length > 0) {
      crashPoint("sweep.before");
      const { dispatched, deadLettered } = await queue.dispatchAgain(pool, lost, MAX_IDLE_DISPATCHES);
      crashPoint("sweep.after");
      total.dispatched += dispatched;
      total.deadLettered += deadLettered;
    }
    const last = overdue.at(-1);
    if (!last || overdue.length < PAGE) return total;
    after = last;
  }
}
