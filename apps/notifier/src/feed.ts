import { findDeliveriesWithoutJob, noteJobsMade } from "@payonce/db/webhooks";
import { createLoop, type Logger } from "@payonce/service";
import type pg from "pg";
import type { DeliveryMaker } from "./make-deliveries.ts";
import type { WebhookQueue } from "./webhook-queue.ts";

export interface FeedOptions {
  pool: pg.Pool;
  maker: DeliveryMaker;
  queue: Pick<WebhookQueue, "addJobs">;
  pollMs: number;
  /** Events, and deliveries, of one step. */
  batchSize?: number;
  logger: Logger;
}

const BATCH_SIZE = 500;

/**
 * Asks Postgres, every second or so, for what the stream did not bring: events without deliveries, as after Redis was
 * emptied, and deliveries that need a job, as after a redelivery. Next to nothing to read while all is well.
 */
export function createFeed({ pool, maker, queue, pollMs, batchSize = BATCH_SIZE, logger }: FeedOptions) {
  /** @returns true when there may be more at once */
  const runOnce = async (): Promise<boolean> => {
    const events = await maker.ofOldest(batchSize);
    const jobless = await findDeliveriesWithoutJob(pool, batchSize);
    if (jobless.length > 0) {
      await queue.addJobs(jobless);
      await noteJobsMade(pool, jobless);
    }
    return events === batchSize || jobless.length === batchSize;
  };
  const step = async () => ((await runOnce()) ? 0 : pollMs);
  return { runOnce, ...createLoop("feed", step, logger) };
}
