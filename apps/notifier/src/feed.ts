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
  logger: Logger;
}

const BATCH = 500;

/**
 * Asks Postgres, every second or so, for what the stream did not bring: events without deliveries, as after Redis was
 * emptied, and deliveries that need a job, as after a redelivery. Next to nothing to read while all is well.
 */
export function createFeed({ pool, maker, queue, pollMs, logger }: FeedOptions) {
  /** @returns true when there may be more at once */
  const runOnce = async (): Promise<boolean> => {
    const events = await maker.ofOldest(BATCH);
    const jobless = await findDeliveriesWithoutJob(pool, BATCH);
    if (jobless.length > 0) {
      await queue.addJobs(jobless);
      await noteJobsMade(pool, jobless);
    }
    return events === BATCH || jobless.length === BATCH;
  };
  const step = async () => ((await runOnce()) ? 0 : pollMs);
  return { runOnce, ...createLoop("feed", step, logger) };
}
