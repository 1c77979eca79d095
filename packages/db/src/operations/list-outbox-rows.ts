import type pg from "pg";

/** An outbox row that publishing has failed for. */
export interface StuckOutboxRow {
  /** A bigint as text. */
  id: string;
  kind: string;
  paymentId: string;
  tries: number;
  createdAt: Date;
  /** When it is tried again. */
  notBefore: Date;
}

/** Rows that could not be published and back off, the oldest first. A row that is merely waiting is none of them. */
export async function listStuckOutboxRows(pool: pg.Pool, limit: number): Promise<StuckOutboxRow[]> {
  const { rows } = await pool.query<StuckOutboxRow>(
    `SELECT id, kind, payment_id AS "paymentId", tries, created_at AS "createdAt", not_before AS "notBefore"
     FROM outbox WHERE tries > 0 ORDER BY id LIMIT $1`,
    [limit],
  );
  return rows;
}
