import type { ClaimedPayment } from "@payonce/domain";
import type pg from "pg";

export interface ClaimRequest {
  /** Made by the caller: the attempt that is announced by this claim. */
  attemptId: string;
  paymentId: string;
  /** Look now, though the time has not come: evidence has arrived. Never overrides another's live lease. */
  forced: boolean;
}

/** Where a payment is charged, fixed by its first attempt. */
export interface ProviderIdentity {
  account: string;
  apiVersion: string;
}

/** A payment that this charger may now work on, until its lease ends. */
export interface Claim extends ClaimedPayment {
  id: string;
  attemptId: string;
  /** Every later write is a compare-and-set on this. */
  version: number;
  /** All attempts ever made. */
  attempts: number;
  /** Those that count against the retry schedule. */
  tries: number;
  merchantId: string;
  paymentMethod: string;
  description: string | null;
  createdAt: Date;
  providerAccount: string;
  providerApiVersion: string;
}

// Locks in id order, or two batches deadlock. Lease and due time are read after the lock wait, from the wall clock: `now()`
// is the transaction's start, and a wait would eat the lease. A lease that ended with an object stored may have ended in
// the middle of a confirm, so its outcome is unknown from here on. Evidence alone, before the time has come, spends no try,
// and has nothing to look at where no object is stored. A payment that is being canceled is not charged any more. Of two jobs
// of one payment one claims it, and rather the one that has evidence: a second attempt row would fail the whole batch. What
// was asked for comes along with the lock: joined to it again, a batch would take time by its square.
const CLAIM = `
WITH i AS MATERIALIZED (
  SELECT DISTINCT ON ("paymentId") * FROM jsonb_to_recordset($1::jsonb)
    AS r("attemptId" text, "paymentId" text, forced bool) ORDER BY "paymentId", forced DESC
), l AS MATERIALIZED (
  SELECT p.id, i."attemptId", i.forced FROM i JOIN payments p ON p.id = i."paymentId" ORDER BY p.id FOR UPDATE OF p
), u AS (
  UPDATE payments p SET status = 'charging', version = p.version + 1, attempts = p.attempts + 1, idle_dispatches = 0,
    tries = p.tries + (p.next_action_at <= clock_timestamp())::int,
    provider_account = coalesce(p.provider_account, $3), provider_api_version = coalesce(p.provider_api_version, $4),
    outcome_unknown = p.outcome_unknown OR (p.status = 'charging' AND p.provider_object_id IS NOT NULL),
    next_action_at = clock_timestamp() + $2::int * interval '1 ms', updated_at = clock_timestamp()
  FROM l WHERE p.id = l.id AND (
    p.status IN ('queued', 'charging', 'retry_wait', 'unknown') AND p.next_action_at <= clock_timestamp()
    OR p.status IN ('queued', 'retry_wait', 'unknown') AND l.forced AND p.provider_object_id IS NOT NULL)
    AND NOT p.cancel_requested AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'charges')
  RETURNING p.*, l."attemptId", l.forced
), a AS (
  INSERT INTO attempts (id, payment_id, number) SELECT "attemptId", id, attempts FROM u
), t AS (
  INSERT INTO timeline (payment_id, version, kind) SELECT id, version, status FROM u
)
SELECT id, "attemptId", version, attempts, tries, merchant_id AS "merchantId", amount_minor::float8 AS "amountMinor", currency,
  payment_method AS "paymentMethod", description, provider_object_id AS "providerObjectId",
  outcome_unknown AS "outcomeUnknown", forced AS "isHinted", created_at AS "createdAt",
  created_at < now() - $5::int * interval '1 s' AS "isOlderThanKeys",
  provider_account AS "providerAccount", provider_api_version AS "providerApiVersion" FROM u`;

/**
 * Takes payments for a charger. The attempts are committed when this returns, so whatever is sent to the provider
 * afterwards was announced before.
 *
 * @param leaseMs how long the claim holds; after that anyone may claim the payment
 * @param identity kept with a payment at its first claim; compare it with what the claim returns before sending anything
 * @returns the claims that were won, in no order; a payment that is not due, leased, or settled is not among them
 */
export async function claimPayments(
  pool: pg.Pool,
  requests: readonly ClaimRequest[],
  leaseMs: number,
  identity: ProviderIdentity,
): Promise<Claim[]> {
  const values = [JSON.stringify(requests), leaseMs, identity.account, identity.apiVersion, KEY_MEMORY_SECONDS];
  const { rows } = await pool.query<Claim>({ name: "claim", text: CLAIM, values });
  return rows;
}

/** Stripe keeps idempotency keys for at least 24 hours; an hour less, for clocks and for calls under way. */
const KEY_MEMORY_SECONDS = 23 * 3_600;
