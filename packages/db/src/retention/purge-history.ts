import { firstIdAt } from "@payonce/domain";
import type pg from "pg";

// One relay at a time has the row that says how far the purge is; others come back later. It goes through the payments in
// the order of their ids, once: what is over is found without an index of its own, which every payment would pay for.
// What stays is all that merchants may see, every attempt with its outcome, and what is not over when its turn comes.
const PURGE = `
WITH c AS MATERIALIZED (
  SELECT reached FROM purges WHERE name = 'history' FOR UPDATE SKIP LOCKED
), page AS MATERIALIZED (
  SELECT id, status, updated_at FROM payments WHERE id > (SELECT reached FROM c) AND id < $1 ORDER BY id LIMIT $3
), over AS MATERIALIZED (
  SELECT id FROM page WHERE status IN ('succeeded', 'declined', 'canceled')
    AND updated_at < clock_timestamp() - $2::int * interval '1 day'
    AND NOT EXISTS (
      SELECT 1 FROM refunds r WHERE r.payment_id = page.id AND r.status NOT IN ('succeeded', 'failed', 'canceled'))
    AND NOT EXISTS (SELECT 1 FROM anomalies a WHERE a.payment_id = page.id AND a.resolved_at IS NULL)
), t AS (
  DELETE FROM timeline t USING over WHERE t.payment_id = over.id AND t.kind = 'provider_object_stored' RETURNING 1
), a AS (
  UPDATE attempts a SET evidence = NULL FROM over WHERE a.payment_id = over.id AND a.evidence IS NOT NULL RETURNING 1
), m AS (
  UPDATE purges SET reached = (SELECT max(id) FROM page) WHERE name = 'history' AND EXISTS (SELECT 1 FROM page)
)
SELECT (SELECT count(*) FROM page)::int AS read, (SELECT count(*) FROM t)::int AS "timelineRows",
  (SELECT count(*) FROM a)::int AS evidence`;

/** What was forgotten of one page of payments. */
export interface PurgedHistory {
  timelineRows: number;
  /** Attempts whose provider calls were forgotten; the attempts stay. */
  evidence: number;
  hasMore: boolean;
}

/**
 * Forgets what led to the end of payments that ended long ago: the provider calls of their attempts, and the timeline rows
 * that are not for merchants. A payment that still moves, waits for a person, has a refund that does, or an anomaly that
 * nobody has resolved when its turn comes keeps all of it, for good.
 *
 * @param keptDays how long after its last change a payment keeps its history
 * @param limit payments of one statement
 */
export async function purgeHistory(
  pool: pg.Pool,
  keptDays: number,
  limit: number,
  now: number = Date.now(),
): Promise<PurgedHistory> {
  const before = firstIdAt("pay", new Date(now - keptDays * 86_400_000));
  const { rows } = await pool.query<{ read: number; timelineRows: number; evidence: number }>(PURGE, [
    before,
    keptDays,
    limit,
  ]);
  const { read, timelineRows, evidence } = rows[0] ?? { read: 0, timelineRows: 0, evidence: 0 };
  return { timelineRows, evidence, hasMore: read === limit };
}
