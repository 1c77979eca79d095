import type { PaymentState } from "@payonce/domain";
import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";

export interface RetryTarget {
  id: string;
  /** As the operator saw it; a payment that has changed since is left alone. Left out: as it is now. */
  version?: number | undefined;
}

/** What became of one payment; `status` and `version` as they are now. */
export type RetryResult =
  | { result: "retried" | "changed" | "not_dead_lettered"; status: PaymentState; version: number }
  | { result: "not_found" };

// An unknown outcome stays unknown: the charger asks the provider before it does anything else.
const RETRY = `
WITH i AS MATERIALIZED (
  SELECT DISTINCT ON (id) id, version FROM jsonb_to_recordset($1::jsonb) AS r(id text, version int) ORDER BY id
), l AS MATERIALIZED (
  SELECT id, version, status, tries, outcome_unknown, dead_letter_reason FROM payments
  WHERE id IN (SELECT id FROM i) ORDER BY id FOR UPDATE
), u AS (
  UPDATE payments p SET status = CASE WHEN p.outcome_unknown THEN 'unknown' ELSE 'queued' END,
    version = p.version + 1, dispatch = p.dispatch + 1, idle_dispatches = 0, tries = 0, dead_letter_reason = NULL,
    next_action_at = clock_timestamp(), updated_at = clock_timestamp()
  FROM l JOIN i USING (id)
  WHERE p.id = l.id AND p.status = 'dead_lettered' AND p.version = coalesce(i.version, p.version)
  RETURNING p.id, p.version, p.dispatch, p.status
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, status, 'operator_retry' FROM u
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'dispatch', id, version, dispatch FROM u
)
SELECT i.id, coalesce(u.status, l.status) AS status, coalesce(u.version, l.version) AS version,
  CASE WHEN u.id IS NOT NULL THEN 'retried' WHEN l.id IS NULL THEN 'not_found'
    WHEN l.status = 'dead_lettered' THEN 'changed' ELSE 'not_dead_lettered' END AS result,
  jsonb_build_object('status', l.status, 'version', l.version, 'tries', l.tries, 'outcome_unknown', l.outcome_unknown,
    'dead_letter_reason', l.dead_letter_reason) AS before,
  (SELECT pg_notify('outbox', '') FROM u LIMIT 1) IS NOT NULL AS notified
FROM i LEFT JOIN u USING (id) LEFT JOIN l USING (id)`;

/** Gives dead-lettered payments a new round of attempts, in the transaction that `client` is in. */
export async function retryWithin(
  client: pg.PoolClient,
  actor: Actor,
  targets: readonly RetryTarget[],
  { reason, bulkRunId }: { reason: string; bulkRunId?: string },
): Promise<Map<string, RetryResult>> {
  const { rows } = await client.query(RETRY, [JSON.stringify(targets)]);
  const retried = rows.filter(({ result }) => result === "retried");
  const entries = retried.map(({ id, status, version, before }) => ({
    action: "retry",
    paymentId: id,
    reason,
    before,
    after: { status, version, tries: 0 },
    ...(bulkRunId && { bulkRunId }),
  }));
  await appendAudit(client, actor, entries);
  return new Map(rows.map(({ id, result, status, version }) => [id, { result, status, version }]));
}

/**
 * Gives dead-lettered payments a new round of attempts. Pressing twice, or by two at once, has one effect: the others are
 * told in which state they found the payment.
 *
 * @param reason why a person thinks that it will work now; kept in the audit log
 */
export function retryDeadLetters(
  pool: pg.Pool,
  actor: Actor,
  targets: readonly RetryTarget[],
  reason: string,
): Promise<Map<string, RetryResult>> {
  return withAudit(pool, (client) => retryWithin(client, actor, targets, { reason }));
}
