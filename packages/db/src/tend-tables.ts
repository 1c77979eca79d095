import type pg from "pg";

/** What grows with the payments, and is read by prepared statements. Those about outboxes are planned each time. */
const GROWING = ["payments", "attempts", "timeline", "refunds", "refund_attempts", "webhook_deliveries"];
/** Near empty, and turned over whole again and again. */
const OUTBOXES = ["outbox", "webhook_outbox"];
/** Fewer pages are read whole as cheaply as by an index. */
const SMALL_PAGES = 16;
/** Of a table as large as this no plan reads all, and the server's own autovacuum does the rest. */
const GROWN_PAGES = 10_000;
/** So many rows that were taken out cost each look at the oldest a millisecond: their places in the index are still there. */
const MAX_DEAD_ROWS = 20_000;

const FIND = `
SELECT c.relname AS "table", c.relname = ANY ($2::text[]) AS "isOutbox", pages < $4::int AS "isYoung",
  pages > 2 * greatest(c.relpages, $3::int) AS "isOutgrown", pg_stat_get_dead_tuples(c.oid) > $5::int AS "hasManyDead"
FROM unnest($1::text[] || $2::text[]) AS g(name) JOIN pg_class c ON c.oid = to_regclass(g.name)
CROSS JOIN LATERAL (SELECT pg_relation_size(c.oid) / current_setting('block_size')::int AS pages) s
WHERE pg_has_role(c.relowner, 'USAGE') ORDER BY c.relname`;

interface Table {
  table: string;
  isOutbox: boolean;
  isYoung: boolean;
  isOutgrown: boolean;
  hasManyDead: boolean;
}

export interface TendedTables {
  analyzed: string[];
  vacuumed: string[];
  /** Some table is so young that it should be looked at again soon. */
  isYoung: boolean;
}

/**
 * Sees to what autovacuum, which comes by once a minute at best, is too late for.
 *
 * Tables that have more than doubled since the planner's statistics of them were made get new ones. A session keeps the plan
 * that it made of a prepared statement when a table was nearly empty, which is to read all of it, and each claim and settle
 * then costs more with every payment; new statistics end such plans in all sessions at once. And outboxes are vacuumed once
 * many rows have gone through them.
 */
export async function tendTables(pool: pg.Pool): Promise<TendedTables> {
  const values = [GROWING, OUTBOXES, SMALL_PAGES, GROWN_PAGES, MAX_DEAD_ROWS];
  const { rows } = await pool.query<Table>(FIND, values);
  const growing = rows.filter(({ isOutbox }) => !isOutbox);
  const named = (tables: Table[]) => tables.map(({ table }) => table);
  const analyzed = named(growing.filter(({ isYoung, isOutgrown }) => isYoung && isOutgrown));
  const vacuumed = named(rows.filter(({ isOutbox, hasManyDead }) => isOutbox && hasManyDead));
  // Another relay, or autovacuum, may be at it.
  for (const table of analyzed) await pool.query(`ANALYZE (SKIP_LOCKED) ${table}`);
  for (const table of vacuumed) await pool.query(`VACUUM (SKIP_LOCKED) ${table}`);
  return { analyzed, vacuumed, isYoung: growing.some(({ isYoung }) => isYoung) };
}
