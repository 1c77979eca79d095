import type { PaymentState } from "@payonce/domain";
import type pg from "pg";

// `greatest` passes over nulls, so a payment without a next action has to be told apart first.
const READ_NEXT_WAKE = `SELECT status, CASE WHEN next_action_at IS NOT NULL
  THEN greatest(0, ceil(extract(epoch FROM next_action_at - clock_timestamp()) * 1000))::float8 END AS "waitMs"
  FROM payments WHERE id = $1`;

/**
 * For a payment that could not be claimed: what it is now, and in how many milliseconds a claim can succeed (by the
 * database's clock). `waitMs` is null when nothing more happens by itself.
 *
 * @returns null when there is no such payment
 */
export async function readNextWake(
  pool: pg.Pool,
  paymentId: string,
): Promise<{ status: PaymentState; waitMs: number | null } | null> {
  const { rows } = await pool.query<{ status: PaymentState; waitMs: number | null }>({
    name: "next-wake",
    text: READ_NEXT_WAKE,
    values: [paymentId],
  });
  return rows[0] ?? null;
}
