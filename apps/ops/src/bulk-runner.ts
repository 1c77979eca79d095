import { isUnavailable } from "@payonce/db";
import { runBulkBatch } from "@payonce/db/operations";
import { describeError, type Logger } from "@payonce/service";
import type pg from "pg";

/** How soon a run that was started elsewhere is noticed. */
const IDLE_MS = 500;
/** A batch follows on the one before at once where the rate asks for it; this keeps a mistake from spinning. */
const BUSY_MS = 10;

/**
 * Works off the bulk runs, whoever started them. Any number of processes may: each batch belongs to one. What a process was
 * doing when it died was either done or not, and the next goes on from there.
 */
export function startBulkRunner(pool: pg.Pool, logger: Logger) {
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;
  let current: Promise<void> = Promise.resolve();

  const runOnce = async (): Promise<number> => {
    try {
      return (await runBulkBatch(pool)) === null ? IDLE_MS : BUSY_MS;
    } catch (error) {
      if (!isUnavailable(error))
        logger.warn({ error: describeError(error) }, "a batch of a bulk run failed; it is tried again");
      return IDLE_MS;
    }
  };
  const next = (waitMs: number) => {
    if (isClosing) return;
    timer = setTimeout(() => {
      current = runOnce().then(next);
    }, waitMs);
  };
  next(0);

  return {
    /** Waits for the batch in hand. */
    async close(): Promise<void> {
      isClosing = true;
      clearTimeout(timer);
      await current;
    },
  };
}
