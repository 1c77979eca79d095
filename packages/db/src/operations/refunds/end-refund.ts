import type pg from "pg";
import { refundKind } from "../../refunds/timeline-kind.ts";
import { type Actor, appendAudit } from "../audit.ts";
import { auditedRefund, lockRefund, type OperatedRefund } from "./operate-on-refund.ts";

export interface RefundEnd {
  status: "succeeded" | "failed";
  /** What the timeline says led to it. */
  code: string;
  /** Null for one that succeeded. */
  failureCode: string | null;
  /** The provider's refund, where it became known just now. */
  providerRefundId: string | null;
}

// The reservation goes with the state, in the same statement: what failed can be refunded again.
const END = `
WITH l AS MATERIALIZED (
  SELECT id, refund_reserved_minor, refunded_minor FROM payments
  WHERE id = (SELECT payment_id FROM refunds WHERE id = $1) FOR UPDATE
), u AS (
  UPDATE refunds r SET status = $3, version = r.version + 1, outcome_unknown = false, dead_letter_reason = NULL,
    failure_code = $5, provider_refund_id = coalesce(r.provider_refund_id, $6), updated_at = clock_timestamp()
  FROM l WHERE r.id = $1 AND r.payment_id = l.id AND r.version = $2 AND r.status = 'dead_lettered'
  RETURNING r.id, r.status, r.amount_minor
), p AS (
  UPDATE payments p SET version = p.version + 1, updated_at = clock_timestamp(),
    refund_reserved_minor = l.refund_reserved_minor - CASE WHEN u.status = 'failed' THEN u.amount_minor ELSE 0 END,
    refunded_minor = l.refunded_minor + CASE WHEN u.status = 'succeeded' THEN u.amount_minor ELSE 0 END
  FROM u, l WHERE p.id = l.id RETURNING p.id, p.version, p.dispatch
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code, refund_id)
  SELECT p.id, p.version, ${refundKind("u.status")}, $4, u.id FROM u, p
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'event', id, version, dispatch FROM p
)
SELECT pg_notify('outbox', '') FROM u`;

/**
 * Ends a dead-lettered refund on a person's word, with its entry in the audit log, in the transaction that `client` is in.
 *
 * @param before as it was locked in this transaction
 * @param evidence what the person saw, kept in the audit log
 */
export async function endRefund(
  client: pg.PoolClient,
  actor: Actor,
  before: OperatedRefund,
  end: RefundEnd,
  { action, reason, evidence }: { action: string; reason: string; evidence?: string },
): Promise<OperatedRefund> {
  const { id, version, paymentId } = before;
  await client.query(END, [id, version, end.status, end.code, end.failureCode, end.providerRefundId]);
  const refund = await lockRefund(client, id);
  if (refund?.status !== end.status) throw new Error("a refund that was locked could not be ended");
  const after = { ...auditedRefund(refund), ...(evidence && { evidence }) };
  await appendAudit(client, actor, [{ action, paymentId, target: id, reason, before: auditedRefund(before), after }]);
  return refund;
}
