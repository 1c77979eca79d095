import type pg from "pg";

/** What grows with the payments, and is read by prepared statements. Outboxes are not here: theirs are planned each time. */
const GROWING = ["payments", "attempts", "timeline", "refunds", "refund_attempts", "webhook_deliveries"];
/** Fewer pages are read whole as cheaply as by an index. */
const SMALL_PAGES = 16;
/** Of a table as large as this no plan reads all, and the server's own autovacuum does the rest. */
const GROWN_PAGES = 10_000;

const FIND = `
SELECT relname AS "table", pages > 2 * greatest(relpages, $2::int) AS "isOutgrown", pages < $3::int AS "isYoung" FROM (
  SELECT c.relname, c.relpages, pg_relation_size(c.oid) / current_setting('block_size')::int AS pages
  FROM pg_class c JOIN unnest($1::text[]) AS g(name) ON c.oid = to_regclass(g.name) WHERE pg_has_role(c.relowner, 'USAGE')
) t ORDER BY relname`;

/**
 * Looks anew at the tables that have more than doubled since the planner's statistics of them were made. A session keeps the
 * plan that it made of a prepared statement when a table was nearly empty, which is to read all of it, and each claim and
 * settle then costs more with every payment, for as long as autovacuum takes to come by. New statistics end such plans in all
 * sessions at once.
 *
 * @returns the tables that were looked at, and whether any is so young that it should be asked about again soon
 */
export async function refreshStatistics(pool: pg.Pool): Promise<{ analyzed: string[]; isYoung: boolean }> {
  const { rows } = await pool.query<{ table: string; isOutgrown: boolean; isYoung: boolean }>(FIND, [
    GROWING,
    SMALL_PAGES,
    GROWN_PAGES,
  ]);
  const analyzed = rows.filter(({ isYoung, isOutgrown }) => isYoung && isOutgrown).map(({ table }) => table);
  // Another relay, or autovacuum, may be at it.
  for (const table of analyzed) await pool.query(`ANALYZE (SKIP_LOCKED) ${table}`);
  return { analyzed, isYoung: rows.some(({ isYoung }) => isYoung) };
}
