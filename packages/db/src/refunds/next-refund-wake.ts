import type { RefundState } from "@payonce/domain";
import type pg from "pg";

export interface NextRefundWake {
  status: RefundState;
  paymentId: string;
  /** Until it is due, by the database's clock; null when nothing more happens by itself. */
  waitMs: number | null;
  isPaused: boolean;
}

/** How long to leave a refund alone while an operator has paused the queue. */
const PAUSED_WAIT_MS = 5_000;

const READ = `
SELECT status, payment_id AS "paymentId", q.is_paused AS "isPaused", CASE WHEN next_action_at IS NOT NULL
  THEN greatest(0, ceil(extract(epoch FROM next_action_at - clock_timestamp()) * 1000),
    CASE WHEN q.is_paused THEN $2::int END)::float8 END AS "waitMs"
FROM refunds, (SELECT EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'refunds') AS is_paused) q WHERE id = $1`;

/**
 * For a refund that could not be claimed: what it is now, and when to come back.
 *
 * @returns null when there is no such refund
 */
export async function readNextRefundWake(pool: pg.Pool, refundId: string): Promise<NextRefundWake | null> {
  const values = [refundId, PAUSED_WAIT_MS];
  const { rows } = await pool.query<NextRefundWake>({ name: "next-refund-wake", text: READ, values });
  return rows[0] ?? null;
}
