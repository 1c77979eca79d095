import type { RefundState } from "@payonce/domain";
import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "../operations/audit.ts";
import { refundKind } from "./timeline-kind.ts";

export interface RefundRetryTarget {
  id: string;
  /** As the operator saw it; a refund that has changed since is left alone. Left out: as it is now. */
  version?: number | undefined;
}

/** What became of one refund; `status` and `version` as they are now. */
export type RefundRetryResult =
  | { result: "retried" | "changed" | "not_dead_lettered"; status: RefundState; version: number }
  | { result: "not_found" };

// An unknown outcome stays unknown: the charger looks at the provider before it sends anything. One at a time, because two
// refunds of one payment are two versions of that payment.
const RETRY = `
WITH l AS MATERIALIZED (
  SELECT id FROM payments WHERE id = (SELECT payment_id FROM refunds WHERE id = $1) FOR UPDATE
), b AS MATERIALIZED (
  SELECT r.id, r.version, r.status, r.tries, r.outcome_unknown, r.dead_letter_reason FROM refunds r, l
  WHERE r.id = $1 AND r.payment_id = l.id FOR UPDATE OF r
), u AS (
  UPDATE refunds r SET status = CASE WHEN r.outcome_unknown THEN 'unknown' ELSE 'queued' END, version = r.version + 1,
    dispatch = r.dispatch + 1, idle_dispatches = 0, tries = 0, dead_letter_reason = NULL,
    next_action_at = clock_timestamp(), updated_at = clock_timestamp()
  FROM b WHERE r.id = b.id AND r.status = 'dead_lettered' AND r.version = coalesce($2::int, r.version)
  RETURNING r.id, r.payment_id, r.version, r.dispatch, r.status
), p AS (
  UPDATE payments p SET version = p.version + 1, updated_at = clock_timestamp() FROM u WHERE p.id = u.payment_id
  RETURNING p.id, p.version, p.dispatch
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code, refund_id)
  SELECT p.id, p.version, ${refundKind("u.status")}, 'operator_retry', u.id FROM u, p
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch, refund_id)
  SELECT 'refund_dispatch', payment_id, version, dispatch, id FROM u
  UNION ALL SELECT 'event', id, version, dispatch, NULL FROM p
)
SELECT l.id AS "paymentId", coalesce(u.status, b.status) AS status, coalesce(u.version, b.version) AS version,
  CASE WHEN u.id IS NOT NULL THEN 'retried' WHEN b.status = 'dead_lettered' THEN 'changed' ELSE 'not_dead_lettered' END AS result,
  jsonb_build_object('status', b.status, 'version', b.version, 'tries', b.tries, 'outcome_unknown', b.outcome_unknown,
    'dead_letter_reason', b.dead_letter_reason) AS before,
  (SELECT pg_notify('outbox', '') FROM u) IS NOT NULL AS notified
FROM l, b LEFT JOIN u USING (id)`;

/**
 * Gives dead-lettered refunds a new round of attempts. Pressing twice, or by two at once, has one effect: the others are
 * told in which state they found the refund.
 *
 * @param reason why a person thinks that it will work now; kept in the audit log
 */
export async function retryRefunds(
  pool: pg.Pool,
  actor: Actor,
  targets: readonly RefundRetryTarget[],
  reason: string,
): Promise<Map<string, RefundRetryResult>> {
  const results = new Map<string, RefundRetryResult>();
  // A transaction each: none holds a lock while it waits for another.
  for (const target of targets)
    results.set(target.id, await withAudit(pool, (client) => retryOne(client, actor, target, reason)));
  return results;
}

async function retryOne(
  client: pg.PoolClient,
  actor: Actor,
  { id, version }: RefundRetryTarget,
  reason: string,
): Promise<RefundRetryResult> {
  const { rows } = await client.query(RETRY, [id, version ?? null]);
  const [row] = rows;
  if (!row) return { result: "not_found" };
  if (row.result === "retried") {
    const after = { status: row.status, version: row.version, tries: 0 };
    const entry = { action: "retry_refund", paymentId: row.paymentId, target: id, reason, before: row.before, after };
    await appendAudit(client, actor, [entry]);
  }
  return { result: row.result, status: row.status, version: row.version };
}
