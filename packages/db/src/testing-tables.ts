import type { Database } from "./connect.ts";
import { inTransaction } from "./in-transaction.ts";

const WITH_REFERRING = `
WITH RECURSIVE t AS (
  SELECT unnest($1::regclass[]) AS name
  UNION SELECT conrelid::regclass FROM pg_constraint JOIN t ON confrelid = t.name WHERE contype = 'f'
)
SELECT name::text FROM t`;

/**
 * Empties tables and all that refer to them, as `TRUNCATE … CASCADE` does, in a hundredth of its time where there are few rows:
 * that makes the files of every table and index anew.
 */
export async function emptyTables({ pool }: Database, ...tables: string[]): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(WITH_REFERRING, [tables]);
  await inTransaction(pool, async (client) => {
    // Some let nobody delete anything, and references would ask for an order.
    await client.query("SET LOCAL session_replication_role = replica");
    await client.query(rows.map(({ name }) => `DELETE FROM ${name}`).join(";"));
  });
}
