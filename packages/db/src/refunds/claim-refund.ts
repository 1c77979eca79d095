import type { ClaimedRefund, RefundReason } from "@payonce/domain";
import type pg from "pg";
import { refundKind } from "./timeline-kind.ts";

export interface RefundClaimRequest {
  /** Made by the caller: the attempt that is announced by this claim. */
  attemptId: string;
  refundId: string;
  /** Look now, though the time has not come: evidence has arrived. Never overrides another's live lease. */
  forced: boolean;
}

/** A refund that this charger may now work on, until its lease ends. */
export interface RefundClaim extends ClaimedRefund {
  attemptId: string;
  /** Every later write is a compare-and-set on this. */
  version: number;
  /** All attempts ever made. */
  attempts: number;
  /** Those that count against the retry schedule. */
  tries: number;
  looks: number;
  reason: RefundReason | null;
  paymentId: string;
  /** The object that took the money. */
  providerObjectId: string;
  providerAccount: string;
  providerApiVersion: string;
}

// The payment's row is locked first, here and in every statement that moves a refund: one order, no deadlock. Whether
// anything is unknown is not touched: a request that may have left was announced with `outcome_unknown` before it did.
// Evidence alone, before the time has come, spends no try, and has nothing to look at where nothing was sent.
const CLAIM = `
WITH l AS MATERIALIZED (
  SELECT id, currency, provider_object_id, provider_account, provider_api_version FROM payments
  WHERE id = (SELECT payment_id FROM refunds WHERE id = $2) FOR UPDATE
), u AS (
  UPDATE refunds r SET status = 'refunding', version = r.version + 1, attempts = r.attempts + 1, idle_dispatches = 0,
    tries = r.tries + (r.next_action_at <= clock_timestamp())::int,
    next_action_at = clock_timestamp() + $4::int * interval '1 ms', updated_at = clock_timestamp()
  FROM l WHERE r.id = $2 AND r.payment_id = l.id AND (
    r.status IN ('queued', 'refunding', 'retry_wait', 'unknown') AND r.next_action_at <= clock_timestamp()
    OR r.status IN ('queued', 'retry_wait', 'unknown') AND $3 AND r.last_sent_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'refunds')
  RETURNING r.*
), p AS (
  UPDATE payments p SET version = p.version + 1, updated_at = clock_timestamp() FROM u WHERE p.id = u.payment_id
  RETURNING p.id, p.version
), a AS (
  INSERT INTO refund_attempts (id, refund_id, number) SELECT $1, id, attempts FROM u
), t AS (
  INSERT INTO timeline (payment_id, version, kind, refund_id) SELECT p.id, p.version, ${refundKind("u.status")}, u.id FROM u, p
)
SELECT u.id, $1 AS "attemptId", u.version, u.attempts, u.tries, u.looks, u.reason, u.amount_minor::float8 AS "amountMinor",
  l.currency, u.payment_id AS "paymentId", l.provider_object_id AS "providerObjectId",
  l.provider_account AS "providerAccount", l.provider_api_version AS "providerApiVersion",
  u.outcome_unknown AS "outcomeUnknown", u.last_sent_at IS NOT NULL AS "wasSent", $3::bool AS "isHinted",
  coalesce(u.key_sent_at, u.created_at) < clock_timestamp() - $5::int * interval '1 s' AS "mayKeyBeForgotten",
  u.is_key_spent AS "isKeySpent",
  coalesce(u.last_sent_at < clock_timestamp() - $6::int * interval '1 ms', true) AS "isQuiet"
FROM u, l`;

/**
 * Takes a refund for a charger. The attempt is committed when this returns.
 *
 * @param leaseMs how long the claim holds; after that anyone may claim the refund
 * @param quietMs how long after a request left it may still be on its way
 * @returns null when it is not due, leased, at rest, or its queue is paused
 */
export async function claimRefund(
  pool: pg.Pool,
  { attemptId, refundId, forced }: RefundClaimRequest,
  { leaseMs, quietMs }: { leaseMs: number; quietMs: number },
): Promise<RefundClaim | null> {
  const values = [attemptId, refundId, forced, leaseMs, KEY_MEMORY_SECONDS, quietMs];
  const { rows } = await pool.query<RefundClaim>({ name: "claim-refund", text: CLAIM, values });
  return rows[0] ?? null;
}

/** Stripe keeps idempotency keys for at least 24 hours; an hour less, for clocks and for calls under way. */
const KEY_MEMORY_SECONDS = 23 * 3_600;
