import type pg from "pg";
import type { OverduePayment } from "../sweep.ts";

/** As of payments: where the next page starts is `nextActionAt` and `id`. */
export type OverdueRefund = OverduePayment;

// As with payments: a refund whose outbox row still waits has not lost its job, and behind a pause all are overdue.
const FIND_OVERDUE = `
SELECT id, dispatch, next_action_at::text AS "nextActionAt" FROM refunds r
WHERE status IN ('queued', 'refunding', 'retry_wait', 'unknown', 'pending')
  AND next_action_at < clock_timestamp() - $1::int * interval '1 ms'
  AND (next_action_at, id) > ($2::timestamptz, $3)
  AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'refunds')
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.refund_id = r.id)
ORDER BY next_action_at, id LIMIT $4`;

/**
 * Refunds that should have moved and did not, oldest first: their job may be lost.
 *
 * @param graceMs how long after its time a refund counts as overdue
 * @param after the last refund of the page before, or `FIRST_PAGE`
 */
export async function findOverdueRefunds(
  pool: pg.Pool,
  graceMs: number,
  after: { nextActionAt: string; id: string },
  limit: number,
): Promise<OverdueRefund[]> {
  const values = [graceMs, after.nextActionAt, after.id, limit];
  const { rows } = await pool.query<OverdueRefund>({ text: FIND_OVERDUE, values });
  return rows;
}

// A compare-and-set on `dispatch` and never on `version`, as with payments. Payments are locked before refunds, both in id
// order. What the provider has and has not finished is dead-lettered as unknown: it may move money yet.
const DISPATCH_AGAIN = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id text, dispatch int)
), lp AS MATERIALIZED (
  SELECT id FROM payments WHERE id IN (SELECT payment_id FROM refunds WHERE id IN (SELECT id FROM i)) ORDER BY id FOR UPDATE
), l AS MATERIALIZED (
  SELECT id FROM refunds WHERE id IN (SELECT id FROM i) AND payment_id IN (SELECT id FROM lp) ORDER BY id FOR UPDATE
), u AS (
  UPDATE refunds r SET dispatch = r.dispatch + 1, idle_dispatches = r.idle_dispatches + 1
  FROM i, l WHERE r.id = i.id AND l.id = r.id AND r.dispatch = i.dispatch AND r.idle_dispatches < $2
    AND r.next_action_at < clock_timestamp()
  RETURNING r.id, r.payment_id, r.version, r.dispatch
), dead AS (
  UPDATE refunds r SET status = 'dead_lettered', dead_letter_reason = 'no_progress', version = r.version + 1,
    outcome_unknown = r.outcome_unknown OR r.status = 'pending', next_action_at = NULL, updated_at = clock_timestamp()
  FROM i, l WHERE r.id = i.id AND l.id = r.id AND r.dispatch = i.dispatch AND r.idle_dispatches >= $2
    AND r.next_action_at < clock_timestamp()
  RETURNING r.id, r.payment_id, r.version, r.dispatch
), place AS (
  SELECT dead.*, row_number() OVER (PARTITION BY payment_id ORDER BY id) AS step,
    count(*) OVER (PARTITION BY payment_id) AS steps FROM dead
), p AS (
  UPDATE payments p SET version = p.version + place.steps, updated_at = clock_timestamp()
  FROM place WHERE p.id = place.payment_id AND place.step = 1 RETURNING p.id, p.version - place.steps AS before, p.dispatch
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code, refund_id)
  SELECT p.id, p.before + place.step, 'refund_dead_lettered', 'no_progress', place.id FROM place JOIN p ON p.id = place.payment_id
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch, refund_id)
  SELECT 'refund_dispatch', payment_id, version, dispatch, id FROM u
  UNION ALL SELECT 'refund_dead_lettered', payment_id, version, dispatch, id FROM dead
  UNION ALL SELECT 'event', p.id, p.before + place.step, p.dispatch, NULL FROM place JOIN p ON p.id = place.payment_id
)
SELECT (SELECT count(*) FROM u)::int AS dispatched, (SELECT count(*) FROM dead)::int AS "deadLettered",
  pg_notify('outbox', '')`;

/**
 * Gives refunds a new job each, unless something else happened to them meanwhile.
 *
 * @param maxIdleDispatches after so many without a claim, or a look, the refund is dead-lettered as `no_progress`
 */
export async function dispatchRefundsAgain(
  pool: pg.Pool,
  refunds: readonly { id: string; dispatch: number }[],
  maxIdleDispatches: number,
): Promise<{ dispatched: number; deadLettered: number }> {
  const values = [JSON.stringify(refunds.map(({ id, dispatch }) => ({ id, dispatch }))), maxIdleDispatches];
  const { rows } = await pool.query({ text: DISPATCH_AGAIN, values });
  return rows[0] ?? { dispatched: 0, deadLettered: 0 };
}
