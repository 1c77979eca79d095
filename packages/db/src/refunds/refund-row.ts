import type { RefundReason, RefundState } from "@payonce/domain";

/** A refund as the API shows it. */
export interface RefundRow {
  id: string;
  paymentId: string;
  amountMinor: number;
  /** The payment's. */
  currency: string;
  reason: RefundReason | null;
  metadata: Record<string, string>;
  status: RefundState;
  outcomeUnknown: boolean;
  failureCode: string | null;
  attempts: number;
  version: number;
  nextActionAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Of a refund `r` and its payment `p`. Amounts fit a safe integer: the table checks it. */
export const REFUND_COLUMNS = `r.id, r.payment_id AS "paymentId", r.amount_minor::float8 AS "amountMinor", p.currency,
  r.reason, r.metadata, r.status, r.outcome_unknown AS "outcomeUnknown", r.failure_code AS "failureCode", r.attempts,
  r.version, r.next_action_at AS "nextActionAt", r.created_at AS "createdAt", r.updated_at AS "updatedAt"`;
