import type pg from "pg";

// `updated_at` is when it succeeded: nothing but a transition changes it. Payments that others hold are left for the next
// pass, and so are refunds, so that this waits for nobody and nobody waits for it. The first pass after a success only sets
// the time.
const REVIEW = `
WITH due AS MATERIALIZED (
  SELECT id, payment_id FROM refunds
  WHERE status = 'succeeded' AND review_at < 'infinity' AND review_at <= clock_timestamp() ORDER BY review_at LIMIT $2
), lp AS MATERIALIZED (
  SELECT id, version, dispatch FROM payments WHERE id IN (SELECT payment_id FROM due) ORDER BY id FOR KEY SHARE SKIP LOCKED
), l AS MATERIALIZED (
  SELECT id, payment_id, updated_at, clock_timestamp() AS at FROM refunds
  WHERE id IN (SELECT id FROM due) AND payment_id IN (SELECT id FROM lp)
    AND status = 'succeeded' AND review_at <= clock_timestamp() ORDER BY id FOR UPDATE SKIP LOCKED
), u AS (
  UPDATE refunds r SET review_at = coalesce(
    (SELECT min(l.updated_at + w * interval '1 ms') FROM unnest($1::bigint[]) w
     WHERE l.updated_at + w * interval '1 ms' > l.at), 'infinity')
  FROM l WHERE r.id = l.id
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch)
  SELECT 'refunds_compare', id, version, dispatch FROM lp WHERE id IN (
    SELECT payment_id FROM l WHERE at >= updated_at + (SELECT min(w) FROM unnest($1::bigint[]) w) * interval '1 ms')
  RETURNING id
)
SELECT due, asked, CASE WHEN asked > 0 THEN pg_notify('outbox', '') END
FROM (SELECT (SELECT count(*) FROM l)::int AS due, (SELECT count(*) FROM o)::int AS asked) counts`;

/**
 * Has refunds that succeeded a while ago compared with the provider's: a bank may have sent one back since, and the webhook
 * that said so may be lost. Any number of processes may do this at once.
 *
 * @param waitsMs from its success to each review; none is due after the last one
 * @returns how many were due, and for how many payments the provider will be asked
 */
export async function reviewRefunds(
  session: pg.Pool | pg.PoolClient,
  waitsMs: readonly number[],
  limit: number,
): Promise<{ due: number; asked: number }> {
  const { rows } = await session.query({ name: "review-refunds", text: REVIEW, values: [waitsMs, limit] });
  const [{ due, asked } = { due: 0, asked: 0 }] = rows;
  return { due, asked };
}
