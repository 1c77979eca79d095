import { newId, type RefundEvidence, type RefundState, type ShownState } from "@payonce/domain";
import type pg from "pg";
import { refundKind } from "./timeline-kind.ts";

export interface RefundMove {
  refundId: string;
  /** As it was read: the evidence is about that. */
  version: number;
  from: RefundState;
  to: ShownState;
  failureCode: string | null;
  providerRefundId: string;
  /** Until the next look, where the provider has not finished. */
  waitMs: number | null;
  /** Of the look, ISO 8601. */
  startedAt: string;
  evidence: readonly RefundEvidence[];
}

// The look becomes an attempt of its own, because what a refund was moved on has to stay readable. A success that is taken
// back leaves both sums; what was only reserved leaves one. A dead letter that turns out to be under way needs a job again.
const MOVE = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_record($1::jsonb) AS r("attemptId" text, "refundId" text, version int, "from" text, "to" text,
    "failureCode" text, "providerRefundId" text, "waitMs" bigint, "startedAt" timestamptz, evidence jsonb)
), l AS MATERIALIZED (
  SELECT id, refund_reserved_minor, refunded_minor FROM payments
  WHERE id = (SELECT payment_id FROM refunds WHERE id = (SELECT "refundId" FROM i)) FOR UPDATE
), u AS (
  UPDATE refunds r SET status = i."to", version = r.version + 1, outcome_unknown = false, dead_letter_reason = NULL,
    attempts = r.attempts + 1, idle_dispatches = 0, looks = 0, failure_code = i."failureCode",
    provider_refund_id = coalesce(r.provider_refund_id, i."providerRefundId"),
    next_action_at = clock_timestamp() + i."waitMs" * interval '1 ms', updated_at = clock_timestamp()
  FROM i, l WHERE r.id = i."refundId" AND r.payment_id = l.id AND r.version = i.version AND r.status = i."from"
    AND r.status IN ('pending', 'dead_lettered', 'succeeded')
  RETURNING r.id, r.payment_id, r.version, r.dispatch, r.status, r.attempts, r.amount_minor
), a AS (
  INSERT INTO refund_attempts (id, refund_id, number, started_at, ended_at, outcome, code, evidence)
  SELECT i."attemptId", u.id, u.attempts, i."startedAt", clock_timestamp(), u.status, i."failureCode", i.evidence FROM u, i
), p AS (
  UPDATE payments p SET version = p.version + 1, updated_at = clock_timestamp(),
    refund_reserved_minor = l.refund_reserved_minor - CASE WHEN u.status IN ('failed', 'canceled') THEN u.amount_minor ELSE 0 END,
    refunded_minor = l.refunded_minor + CASE WHEN u.status = 'succeeded' THEN u.amount_minor ELSE 0 END
      - CASE WHEN i."from" = 'succeeded' THEN u.amount_minor ELSE 0 END
  FROM u, i, l WHERE p.id = l.id RETURNING p.id, p.version, p.dispatch
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code, refund_id)
  SELECT p.id, p.version, ${refundKind("u.status")}, i."failureCode", u.id FROM u, p, i
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch, refund_id)
  SELECT 'event', id, version, dispatch, NULL FROM p
  UNION ALL
  SELECT 'refund_dispatch', u.payment_id, u.version, u.dispatch, u.id FROM u, i WHERE i."from" = 'dead_lettered' AND u.status = 'pending'
)
SELECT u.version, pg_notify('outbox', '') FROM u`;

/**
 * Moves a refund that no charger is at work on, on the word of the provider's own refund: one that was pending or
 * dead-lettered ends, and a success that the bank has sent back becomes a failure, which gives its reservation back.
 *
 * @returns false when the refund has moved on since it was read
 */
export async function moveRefund(pool: pg.Pool, move: RefundMove): Promise<boolean> {
  const values = [JSON.stringify({ attemptId: newId("att"), ...move })];
  const { rows } = await pool.query({ name: "move-refund", text: MOVE, values });
  return rows.length === 1;
}

/**
 * Puts off the next look at a refund that the provider has not finished. It is not a change of the refund, but it is
 * progress: the sweep starts counting anew.
 */
export async function postponeLook(
  pool: pg.Pool,
  { id, version }: { id: string; version: number },
  waitMs: number,
): Promise<void> {
  await pool.query({
    name: "postpone-look",
    text: `UPDATE refunds SET looks = looks + 1, idle_dispatches = 0,
        next_action_at = clock_timestamp() + $3::bigint * interval '1 ms'
      WHERE id = $1 AND version = $2 AND status = 'pending'`,
    values: [id, version, waitMs],
  });
}
