import type { DeadLetterJob } from "@payonce/domain";
import type pg from "pg";

/**
 * Dead-lettered payments by id, a page at a time; `after` is the last id of the page before. Planned each time, as the sweep is.
 */
export async function listDeadLettered(pool: pg.Pool, after: string, limit: number): Promise<DeadLetterJob[]> {
  const { rows } = await pool.query<DeadLetterJob>({
    text: `SELECT id AS "paymentId", version FROM payments WHERE status = 'dead_lettered' AND id > $1
      AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.payment_id = payments.id AND o.kind = 'dead_lettered')
      ORDER BY id LIMIT $2`,
    values: [after, limit],
  });
  return rows;
}

/** Of these dead letters, those whose payment is not dead-lettered any more, or is so again under another version. */
export async function findOutdatedDeadLetters(
  pool: pg.Pool,
  letters: readonly DeadLetterJob[],
): Promise<DeadLetterJob[]> {
  const { rows } = await pool.query<DeadLetterJob>({
    text: `SELECT r."paymentId", r.version FROM jsonb_to_recordset($1::jsonb) AS r("paymentId" text, version int)
      WHERE NOT EXISTS (SELECT 1 FROM payments p
        WHERE p.id = r."paymentId" AND p.version = r.version AND p.status = 'dead_lettered')`,
    values: [JSON.stringify(letters)],
  });
  return rows;
}
