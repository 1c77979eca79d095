import type { RefundState } from "@payonce/domain";
import type pg from "pg";

/** A refund as an operator's action finds it, and leaves it. */
export interface OperatedRefund {
  id: string;
  paymentId: string;
  status: RefundState;
  version: number;
  dispatch: number;
  outcomeUnknown: boolean;
  /** A request whose end nobody knows left so lately that it may still reach the provider. */
  mayBeOnItsWay: boolean;
  wasSent: boolean;
  providerRefundId: string | null;
  deadLetterReason: string | null;
  failureCode: string | null;
}

/** As long as a charger takes a request to be on its way, unless it is told otherwise (REFUND_QUIET_MS). */
export const REFUND_ON_ITS_WAY_MINUTES = 30;

const COLUMNS = `id, payment_id AS "paymentId", status, version, dispatch, outcome_unknown AS "outcomeUnknown",
  coalesce(outcome_unknown AND last_sent_at > clock_timestamp() - $2::int * interval '1 minute', false) AS "mayBeOnItsWay",
  last_sent_at IS NOT NULL AS "wasSent", provider_refund_id AS "providerRefundId",
  dead_letter_reason AS "deadLetterReason", failure_code AS "failureCode"`;

/**
 * Reads a refund and holds it, and its payment, until the transaction ends. The payment's row comes first, as in everything
 * that moves a refund: one order, no deadlock.
 */
export async function lockRefund(client: pg.PoolClient, id: string): Promise<OperatedRefund | null> {
  await client.query("SELECT 1 FROM payments WHERE id = (SELECT payment_id FROM refunds WHERE id = $1) FOR UPDATE", [
    id,
  ]);
  const { rows } = await client.query<OperatedRefund>(`SELECT ${COLUMNS} FROM refunds WHERE id = $1 FOR UPDATE`, [
    id,
    REFUND_ON_ITS_WAY_MINUTES,
  ]);
  return rows[0] ?? null;
}

/** What the audit log keeps of a refund. */
export function auditedRefund(refund: OperatedRefund): object {
  const { status, version, outcomeUnknown, deadLetterReason, failureCode, providerRefundId } = refund;
  return {
    status,
    version,
    outcome_unknown: outcomeUnknown,
    ...(deadLetterReason && { dead_letter_reason: deadLetterReason }),
    ...(failureCode && { failure_code: failureCode }),
    ...(providerRefundId && { provider_refund_id: providerRefundId }),
  };
}
