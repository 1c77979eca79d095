import {
  deleteOldDeliveries,
  dispatchDeliveriesAgain,
  findOverdueDeliveries,
  type OverdueDelivery,
  releaseHeldDeliveries,
} from "@payonce/db/webhooks";
import { firstIdAt, webhookJobId } from "@payonce/domain";
import { createLoop, type Logger } from "@payonce/service";
import type pg from "pg";
import type { WebhookQueue } from "./webhook-queue.ts";

export interface SweepOptions {
  pool: pg.Pool;
  queue: Pick<WebhookQueue, "findLostJobs">;
  intervalMs: number;
  /** How long after its time a delivery counts as overdue. */
  graceMs: number;
  /** How long deliveries that ended are kept. */
  keptMs: number;
  now: () => number;
  /** Rows of one statement. */
  pageSize?: number;
  onSwept?: (swept: Swept) => void;
  logger: Logger;
}

export interface Swept {
  dispatched: number;
  deadLettered: number;
  released: number;
  deleted: number;
}

const PAGE_SIZE = 500;
/** Of what may take several statements, so many in one pass: the next one goes on. */
const MAX_BATCHES = 20;
/** So many jobs in a row that never led to a claim: not bad luck any more. */
const MAX_IDLE_DISPATCHES = 10;

/**
 * Finds deliveries whose time has come and gone, and has another job made for those that BullMQ has lost. Asking first is
 * what makes this safe to run at any moment, by any number of notifiers. The same pass lets go what was kept back for
 * endpoints that are enabled again, and forgets what ended long ago.
 */
export function createSweep(options: SweepOptions) {
  const { pool, queue, intervalMs, graceMs, keptMs, now, pageSize = PAGE_SIZE, onSwept, logger } = options;
  const dispatchLost = async () => {
    const total = { dispatched: 0, deadLettered: 0 };
    for (let after: OverdueDelivery | undefined; ; ) {
      const overdue = await findOverdueDeliveries(pool, graceMs, after, pageSize);
      const lost = overdue.length > 0 ? await queue.findLostJobs(overdue) : new Set();
      const toDispatch = overdue.filter((one) => lost.has(webhookJobId(one)));
      if (toDispatch.length > 0) {
        const { dispatched, deadLettered } = await dispatchDeliveriesAgain(pool, toDispatch, MAX_IDLE_DISPATCHES);
        total.dispatched += dispatched;
        total.deadLettered += deadLettered;
      }
      after = overdue.at(-1);
      if (!after || overdue.length < pageSize) return total;
    }
  };
  const runOnce = async (): Promise<Swept> => {
    const released = await inBatches(pageSize, (limit) => releaseHeldDeliveries(pool, limit));
    const oldest = firstIdAt("whd", new Date(now() - keptMs));
    const deleted = await inBatches(pageSize, (limit) => deleteOldDeliveries(pool, oldest, limit));
    // Last, because Redis may be away.
    const swept = { ...(await dispatchLost()), released, deleted };
    if (swept.dispatched + swept.deadLettered + released > 0) logger.info(swept, "swept");
    onSwept?.(swept);
    return swept;
  };
  const step = async () => {
    await runOnce();
    return intervalMs;
  };
  return { runOnce, ...createLoop("sweep", step, logger) };
}

async function inBatches(limit: number, run: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const count = await run(limit);
    total += count;
    if (count < limit) break;
  }
  return total;
}
