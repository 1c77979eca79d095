import type { PaymentState } from "@payonce/domain";
import type pg from "pg";

export interface NextWake {
  status: PaymentState;
  /** Until a claim can succeed, by the database's clock; null when nothing more happens by itself. */
  waitMs: number | null;
  cancelRequested: boolean;
}

/** How long to leave a payment alone while an operator has paused its queue. */
const PAUSED_WAIT_MS = 5_000;

// `greatest` passes over nulls, so a payment without a next action has to be told apart first.
const READ_NEXT_WAKE = `SELECT status, cancel_requested AS "cancelRequested", CASE WHEN next_action_at IS NOT NULL
  THEN greatest(0, ceil(extract(epoch FROM next_action_at - clock_timestamp()) * 1000),
    CASE WHEN EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'charges') THEN $2::int END)::float8 END AS "waitMs"
  FROM payments WHERE id = $1`;

/**
 * For a payment that could not be claimed: what it is now, and when to come back.
 *
 * @returns null when there is no such payment
 */
export async function readNextWake(pool: pg.Pool, paymentId: string): Promise<NextWake | null> {
  const { rows } = await pool.query<NextWake>({
    name: "next-wake",
    text: READ_NEXT_WAKE,
    values: [paymentId, PAUSED_WAIT_MS],
  });
  return rows[0] ?? null;
}
