import { tendTables } from "@payonce/db";
import type { Logger } from "@payonce/service";
import type pg from "pg";
import { createLoop } from "./loop.ts";

/** A system's first thousands of payments may come within seconds. */
const YOUNG_INTERVAL_MS = 1_000;
const GROWN_INTERVAL_MS = 5_000;

/** Keeps up with tables that fill or turn over faster than autovacuum comes by. */
export function createTableTender({ pool, logger }: { pool: pg.Pool; logger: Logger }) {
  const step = async () => {
    const { analyzed, vacuumed, isYoung } = await tendTables(pool);
    if (analyzed.length + vacuumed.length > 0) logger.debug({ analyzed, vacuumed }, "tended tables");
    return isYoung ? YOUNG_INTERVAL_MS : GROWN_INTERVAL_MS;
  };
  return createLoop("tending tables", step, logger);
}
