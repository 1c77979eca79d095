import type pg from "pg";

export interface OverduePayment {
  id: string;
  dispatch: number;
  /** Where the next page starts. */
  nextActionAt: string;
}

/** Start of a pass of the sweep. */
export const FIRST_PAGE = { nextActionAt: "-infinity", id: "" };

// A payment whose outbox row still waits has not lost its job: it was never given one. The outbox is small, so it is
// hashed once for the page. While an operator has paused the queue, being overdue is as it should be. Planned each time, as all
// of the sweep: the plan for an empty outbox would read a backlog once for each payment.
const FIND_OVERDUE = `
SELECT id, dispatch, next_action_at::text AS "nextActionAt" FROM payments p
WHERE next_action_at < clock_timestamp() - $1::int * interval '1 ms'
  AND (next_action_at, id) > ($2::timestamptz, $3)
  AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'charges')
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.payment_id = p.id AND o.kind <> 'event')
ORDER BY next_action_at, id LIMIT $4`;

/**
 * Payments that should have moved and did not, oldest first: their job may be lost.
 *
 * @param graceMs how long after its time a payment counts as overdue
 * @param after the last payment of the page before, or `FIRST_PAGE`
 */
export async function findOverduePayments(
  pool: pg.Pool,
  graceMs: number,
  after: { nextActionAt: string; id: string },
  limit: number,
): Promise<OverduePayment[]> {
  const { rows } = await pool.query<OverduePayment>(FIND_OVERDUE, [graceMs, after.nextActionAt, after.id, limit]);
  return rows;
}

// A compare-and-set on `dispatch` and never on `version`: a sweep must not break the hold of a charger that is at work.
// After too many dispatches without a claim something is wrong with the payment itself, and a person has to look.
const DISPATCH_AGAIN = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id text, dispatch int)
), l AS MATERIALIZED (
  SELECT id FROM payments WHERE id IN (SELECT id FROM i) ORDER BY id FOR UPDATE
), u AS (
  UPDATE payments p SET dispatch = p.dispatch + 1, idle_dispatches = p.idle_dispatches + 1
  FROM i, l WHERE p.id = i.id AND l.id = p.id AND p.dispatch = i.dispatch AND p.idle_dispatches < $2
    AND p.status IN ('queued', 'charging', 'retry_wait', 'unknown') AND p.next_action_at < clock_timestamp()
  RETURNING p.id, p.version, p.dispatch
), dead AS (
  UPDATE payments p SET status = 'dead_lettered', dead_letter_reason = 'no_progress', version = p.version + 1,
    outcome_unknown = p.outcome_unknown OR (p.status = 'charging' AND p.provider_object_id IS NOT NULL),
    next_action_at = NULL, cancel_requested = false, updated_at = clock_timestamp()
  FROM i, l WHERE p.id = i.id AND l.id = p.id AND p.dispatch = i.dispatch AND p.idle_dispatches >= $2
    AND p.status IN ('queued', 'charging', 'retry_wait', 'unknown') AND p.next_action_at < clock_timestamp()
  RETURNING p.id, p.version, p.dispatch
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, 'dead_lettered', 'no_progress' FROM dead
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch)
  SELECT 'dispatch', id, version, dispatch FROM u UNION ALL SELECT 'dead_lettered', id, version, dispatch FROM dead
)
SELECT (SELECT count(*) FROM u)::int AS dispatched, (SELECT count(*) FROM dead)::int AS "deadLettered",
  pg_notify('outbox', '')`;

/**
 * Gives payments a new job each, unless something else happened to them meanwhile.
 *
 * @param maxIdleDispatches after so many without a claim the payment is dead-lettered as `no_progress`
 */
export async function dispatchAgain(
  pool: pg.Pool,
  payments: readonly { id: string; dispatch: number }[],
  maxIdleDispatches: number,
): Promise<{ dispatched: number; deadLettered: number }> {
  const { rows } = await pool.query<{ dispatched: number; deadLettered: number }>(DISPATCH_AGAIN, [
    JSON.stringify(payments.map(({ id, dispatch }) => ({ id, dispatch }))),
    maxIdleDispatches,
  ]);
  return rows[0] ?? { dispatched: 0, deadLettered: 0 };
}
