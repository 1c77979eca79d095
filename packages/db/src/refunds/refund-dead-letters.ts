import type { RefundDeadLetterJob } from "@payonce/domain";
import type pg from "pg";

/** Dead-lettered refunds by id, a page at a time; `after` is the last id of the page before. */
export async function listDeadLetteredRefunds(
  pool: pg.Pool,
  after: string,
  limit: number,
): Promise<RefundDeadLetterJob[]> {
  const { rows } = await pool.query<RefundDeadLetterJob>({
    text: `SELECT id AS "refundId", version FROM refunds r WHERE status = 'dead_lettered' AND id > $1
      AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.refund_id = r.id AND o.kind = 'refund_dead_lettered')
      ORDER BY id LIMIT $2`,
    values: [after, limit],
  });
  return rows;
}

/** Of these dead letters, those whose refund is not dead-lettered any more, or is so again under another version. */
export async function findOutdatedRefundDeadLetters(
  pool: pg.Pool,
  letters: readonly RefundDeadLetterJob[],
): Promise<RefundDeadLetterJob[]> {
  const { rows } = await pool.query<RefundDeadLetterJob>({
    text: `SELECT r."refundId", r.version FROM jsonb_to_recordset($1::jsonb) AS r("refundId" text, version int)
      WHERE NOT EXISTS (SELECT 1 FROM refunds f
        WHERE f.id = r."refundId" AND f.version = r.version AND f.status = 'dead_lettered')`,
    values: [JSON.stringify(letters)],
  });
  return rows;
}
