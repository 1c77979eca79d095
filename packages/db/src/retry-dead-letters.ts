import type pg from "pg";

/** `retried`, or the state in which the payment was found instead of `dead_lettered`; `not_found` where there is none. */
export type RetryResult = "retried" | "not_dead_lettered" | "not_found";

// An unknown outcome stays unknown: the charger asks the provider before it does anything else.
const RETRY = `
WITH i AS MATERIALIZED (
  SELECT DISTINCT id FROM jsonb_to_recordset($1::jsonb) AS r(id text)
), l AS MATERIALIZED (
  SELECT id FROM payments WHERE id IN (SELECT id FROM i) ORDER BY id FOR UPDATE
), u AS (
  UPDATE payments p SET status = CASE WHEN p.outcome_unknown THEN 'unknown' ELSE 'queued' END,
    version = p.version + 1, dispatch = p.dispatch + 1, idle_dispatches = 0, tries = 0, dead_letter_reason = NULL,
    next_action_at = clock_timestamp(), updated_at = clock_timestamp()
  FROM l WHERE p.id = l.id AND p.status = 'dead_lettered'
  RETURNING p.id, p.version, p.dispatch, p.status
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, status, $2 FROM u
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'dispatch', id, version, dispatch FROM u
)
SELECT i.id, CASE WHEN u.id IS NOT NULL THEN 'retried' WHEN l.id IS NOT NULL THEN 'not_dead_lettered' ELSE 'not_found' END AS result,
  (SELECT pg_notify('outbox', '') FROM u LIMIT 1) IS NOT NULL AS notified
FROM i LEFT JOIN u USING (id) LEFT JOIN l USING (id)`;

/**
 * Gives dead-lettered payments a new round of attempts. Pressing twice, or by two at once, has one effect.
 *
 * @param reason kept in the timeline: why a person thinks that it will work now
 */
export async function retryDeadLetters(
  pool: pg.Pool,
  paymentIds: readonly string[],
  reason: string,
): Promise<Map<string, RetryResult>> {
  const values = [JSON.stringify(paymentIds.map((id) => ({ id }))), reason];
  const { rows } = await pool.query<{ id: string; result: RetryResult }>({
    name: "retry-dead-letters",
    text: RETRY,
    values,
  });
  return new Map(rows.map(({ id, result }) => [id, result]));
}
