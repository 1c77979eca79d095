import { type EventPlace, FIRST_EVENT, purgeHistory, purgeProviderEvents } from "@payonce/db";
import type { Logger } from "@payonce/service";
import type pg from "pg";
import { createLoop } from "./loop.ts";

export interface PurgeOptions {
  pool: pg.Pool;
  /** 0 keeps them for good. */
  providerEventsKeptDays: number;
  /** 0 keeps it for good. */
  historyKeptDays: number;
  /** How long to leave it when there is nothing more to forget. */
  intervalMs?: number;
  /** Between two batches: others' work comes first. */
  pauseMs?: number;
  /** Rows looked at by one statement. */
  batchSize?: number;
  onPurged?: (purged: Purged) => void;
  logger: Logger;
}

export interface Purged {
  providerEvents: number;
  timelineRows: number;
  evidence: number;
}

/**
 * Forgets what nobody needs any more, a batch at a time, each a short transaction of its own. It takes nothing that says
 * whether money moved: payments, refunds, attempts with their outcomes, anomalies and the audit log stay. Any number of
 * relays may run it, and it can be stopped at any moment.
 */
export function createPurge(options: PurgeOptions) {
  const { pool, providerEventsKeptDays, historyKeptDays, batchSize = 1_000, onPurged, logger } = options;
  const { intervalMs = 600_000, pauseMs = 500 } = options;
  let after: EventPlace = FIRST_EVENT;

  const purgeEvents = async () => {
    if (providerEventsKeptDays === 0) return { deleted: 0, hasMore: false };
    const { deleted, next } = await purgeProviderEvents(pool, providerEventsKeptDays, after, batchSize);
    after = next ?? FIRST_EVENT;
    return { deleted, hasMore: next !== null };
  };

  /** One batch of each; `hasMore` when the next should follow soon. */
  const runOnce = async (): Promise<Purged & { hasMore: boolean }> => {
    const events = await purgeEvents();
    const history =
      historyKeptDays === 0
        ? { timelineRows: 0, evidence: 0, hasMore: false }
        : await purgeHistory(pool, historyKeptDays, batchSize);
    const { timelineRows, evidence } = history;
    const purged: Purged = { providerEvents: events.deleted, timelineRows, evidence };
    if (events.deleted + timelineRows + evidence > 0) logger.debug(purged, "purged");
    onPurged?.(purged);
    return { ...purged, hasMore: events.hasMore || history.hasMore };
  };
  const step = async () => ((await runOnce()).hasMore ? pauseMs : intervalMs);
  return { runOnce, ...createLoop("purge", step, logger) };
}
