import type pg from "pg";

/** What a charger says of itself. Kept in Postgres, so that it can be read while Redis is away. */
export interface ChargerReport {
  /** New at each start of the process. */
  id: string;
  version: string;
  breaker: "closed" | "open" | "half_open";
  breakerSince: Date;
  startedAt: Date;
}

/** How often a charger reports. */
export const CHARGER_REPORT_INTERVAL_MS = 5_000;
/** Without a report for so long, a charger counts as gone. */
const SILENCE_MS = 6 * CHARGER_REPORT_INTERVAL_MS;

/** Times are the charger's; `reported_at`, which says whether it is alive, is the database's. */
export async function reportCharger(pool: pg.Pool, report: ChargerReport): Promise<void> {
  const { id, version, breaker, breakerSince, startedAt } = report;
  await pool.query({
    name: "report-charger",
    text: `INSERT INTO charger_reports (id, version, breaker, breaker_since, started_at) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (id) DO UPDATE SET breaker = $3, breaker_since = $4, reported_at = clock_timestamp()`,
    values: [id, version, breaker, breakerSince, startedAt],
  });
}

/** A charger that stops says so, and clears away what those left behind that could not. */
export async function withdrawCharger(pool: pg.Pool, id: string): Promise<void> {
  await pool.query("DELETE FROM charger_reports WHERE id = $1 OR reported_at < clock_timestamp() - interval '1 hour'", [
    id,
  ]);
}

/** The chargers that are alive, the oldest first. */
export async function readChargerReports(pool: pg.Pool): Promise<(ChargerReport & { reportedAt: Date })[]> {
  const { rows } = await pool.query<ChargerReport & { reportedAt: Date }>({
    name: "read-charger-reports",
    text: `SELECT id, version, breaker, breaker_since AS "breakerSince", started_at AS "startedAt",
      reported_at AS "reportedAt" FROM charger_reports
      WHERE reported_at > clock_timestamp() - $1::int * interval '1 ms' ORDER BY started_at, id`,
    values: [SILENCE_MS],
  });
  return rows;
}
