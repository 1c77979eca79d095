import { refreshStatistics } from "@payonce/db";
import type { Logger } from "@payonce/service";
import type pg from "pg";
import { createLoop } from "./loop.ts";

/** A system's first thousands of payments may come within seconds. */
const YOUNG_INTERVAL_MS = 1_000;
const GROWN_INTERVAL_MS = 600_000;

/** Keeps the planner's picture of tables that have just begun to fill up to date; autovacuum looks once a minute at best. */
export function createStatisticsKeeper({ pool, logger }: { pool: pg.Pool; logger: Logger }) {
  const step = async () => {
    const { analyzed, isYoung } = await refreshStatistics(pool);
    if (analyzed.length > 0) logger.debug({ tables: analyzed }, "refreshed statistics");
    return isYoung ? YOUNG_INTERVAL_MS : GROWN_INTERVAL_MS;
  };
  return createLoop("statistics", step, logger);
}
