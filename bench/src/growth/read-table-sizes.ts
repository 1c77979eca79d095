import type pg from "pg";

/** How large a table or an index is, and what became of the updates of a table. */
export interface TableSize {
  name: string;
  kind: "table" | "index";
  bytes: number;
  /** Rows that the table has had written since its statistics were reset; null of an index. */
  updates: number | null;
  /** Of these, those that touched no index. */
  hotUpdates: number | null;
  /** Rows that are waiting for a vacuum. */
  deadRows: number | null;
}

/** The largest first. */
export async function readTableSizes(pool: pg.Pool): Promise<TableSize[]> {
  await pool.query("SELECT pg_stat_force_next_flush()");
  const { rows } = await pool.query<TableSize>(
    `SELECT c.relname AS name, CASE c.relkind WHEN 'r' THEN 'table' ELSE 'index' END AS kind,
       pg_table_size(c.oid)::float8 AS bytes, s.n_tup_upd::float8 AS updates, s.n_tup_hot_upd::float8 AS "hotUpdates",
       s.n_dead_tup::float8 AS "deadRows"
     FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i') AND c.relname NOT LIKE '\\_prisma%'
     ORDER BY bytes DESC, name`,
  );
  return rows;
}
