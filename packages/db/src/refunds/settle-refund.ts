import type { RefundEvidence, RefundSettlement, RefundVerdict, ShownState } from "@payonce/domain";
import type pg from "pg";
import { refundKind } from "./timeline-kind.ts";

export interface SettleRefundRequest extends RefundSettlement {
  attemptId: string;
  refundId: string;
  /** As of the claim. */
  version: number;
  outcome: ShownState | Exclude<RefundVerdict["outcome"], "shown" | "refused">;
  /** What the attempt ran into; null when the provider has the refund. */
  code: string | null;
  /** The provider's refund, where it was seen. */
  providerRefundId: string | null;
  /** The key that was used answers with a stored error from now on. */
  isKeySpent: boolean;
  evidence: readonly RefundEvidence[];
  /** Opened with the settle, where the provider contradicts our books. */
  anomaly: { id: string; kind: string; providerObjectId: string | null } | null;
}

// The reservation goes with the refund's state, in the same statement: released when it failed, and then only. The attempt's
// outcome is kept also when the refund was lost to another; then the evidence wakes a second look.
const SETTLE = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_record($1::jsonb) AS r("attemptId" text, "refundId" text, version int, outcome text, code text,
    evidence jsonb, status text, "outcomeUnknown" bool, "waitMs" bigint, "failureCode" text, "deadLetterReason" text,
    "providerRefundId" text, "isKeySpent" bool, anomaly jsonb)
), l AS MATERIALIZED (
  SELECT id, refund_reserved_minor, refunded_minor FROM payments
  WHERE id = (SELECT payment_id FROM refunds WHERE id = (SELECT "refundId" FROM i)) FOR UPDATE
), u AS (
  UPDATE refunds r SET status = i.status, version = r.version + 1, outcome_unknown = i."outcomeUnknown", looks = 0,
    provider_refund_id = coalesce(r.provider_refund_id, i."providerRefundId"),
    is_key_spent = r.is_key_spent OR i."isKeySpent", failure_code = i."failureCode",
    dead_letter_reason = i."deadLetterReason", next_action_at = clock_timestamp() + i."waitMs" * interval '1 ms',
    updated_at = clock_timestamp()
  FROM i, l WHERE r.id = i."refundId" AND r.payment_id = l.id AND r.version = i.version AND r.status = 'refunding'
  RETURNING r.id, r.payment_id, r.version, r.dispatch, r.status, r.amount_minor
), a AS (
  UPDATE refund_attempts x SET outcome = i.outcome, code = i.code, evidence = i.evidence, ended_at = clock_timestamp()
  FROM i WHERE x.id = i."attemptId" AND x.outcome IS NULL
), p AS (
  UPDATE payments p SET version = p.version + 1, updated_at = clock_timestamp(),
    refund_reserved_minor = l.refund_reserved_minor - CASE WHEN u.status IN ('failed', 'canceled') THEN u.amount_minor ELSE 0 END,
    refunded_minor = l.refunded_minor + CASE WHEN u.status = 'succeeded' THEN u.amount_minor ELSE 0 END
  FROM u, l WHERE p.id = l.id RETURNING p.id, p.version, p.dispatch
), n AS (
  INSERT INTO anomalies (id, kind, payment_id, provider_object_id, evidence)
  SELECT anomaly->>'id', anomaly->>'kind', l.id, anomaly->>'providerObjectId', i.evidence FROM i, l
  WHERE jsonb_typeof(anomaly) = 'object' ON CONFLICT DO NOTHING
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code, refund_id)
  SELECT p.id, p.version, ${refundKind("u.status")}, i.code, u.id FROM u, p, i
  UNION ALL SELECT p.id, p.version, 'anomaly', i.anomaly->>'kind', u.id FROM u, p, i WHERE jsonb_typeof(i.anomaly) = 'object'
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch, refund_id)
  SELECT 'event', id, version, dispatch, NULL FROM p
  UNION ALL
  SELECT 'refund_dead_lettered', payment_id, version, dispatch, id FROM u WHERE status = 'dead_lettered'
  UNION ALL
  SELECT 'refund_look', r.payment_id, r.version, r.dispatch, r.id FROM i JOIN refunds r ON r.id = i."refundId"
  WHERE NOT EXISTS (SELECT 1 FROM u)
)
SELECT u.version, (SELECT pg_notify('outbox', '') FROM i) IS NOT NULL AS notified FROM i LEFT JOIN u ON true`;

/**
 * Ends an attempt: writes what it learned, and moves its refund on if the claim still holds.
 *
 * @returns the refund's new version; null when the claim was lost: then the refund was not touched, the evidence is kept,
 *   and the refund is looked at again
 */
export async function settleRefund(pool: pg.Pool, request: SettleRefundRequest): Promise<number | null> {
  const { rows } = await pool.query<{ version: number | null }>({
    name: "settle-refund",
    text: SETTLE,
    values: [JSON.stringify(request)],
  });
  return rows[0]?.version ?? null;
}
