import type pg from "pg";

/** How far publishing is behind: the alarm of the outbox. */
export async function readOutboxBacklog(pool: pg.Pool): Promise<{ depth: number; oldestAgeSeconds: number }> {
  const { rows } = await pool.query<{ depth: number; oldestAgeSeconds: number }>(
    `SELECT count(*)::int AS depth,
       coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS "oldestAgeSeconds" FROM outbox`,
  );
  return rows[0] ?? { depth: 0, oldestAgeSeconds: 0 };
}
