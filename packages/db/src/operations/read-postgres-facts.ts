import type pg from "pg";

/** What a Postgres server says of itself. */
export interface PostgresFacts {
  /** Such as 180004. */
  versionNumber: number;
  version: string;
  /** A standby takes no payments. */
  isStandby: boolean;
  /** Whether what was committed survives a crash. As they hold for this connection. */
  fsync: string;
  synchronousCommit: string;
  fullPageWrites: string;
  /** Its clock. */
  at: Date;
}

export async function readPostgresFacts(pool: pg.Pool): Promise<PostgresFacts> {
  const { rows } = await pool.query<PostgresFacts>(
    `SELECT current_setting('server_version_num')::int AS "versionNumber", current_setting('server_version') AS version,
       pg_is_in_recovery() AS "isStandby", current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS "synchronousCommit",
       current_setting('full_page_writes') AS "fullPageWrites", clock_timestamp() AS at`,
  );
  return rows[0] as PostgresFacts;
}

/** How many connections each process of ours has to this database, by name: `payonce-relay`. Empty behind some poolers. */
export async function countConnections(pool: pg.Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; count: number }>(
    `SELECT application_name AS name, count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'payonce-%' GROUP BY 1`,
  );
  return new Map(rows.map(({ name, count }) => [name, count]));
}
