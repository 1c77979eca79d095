import type pg from "pg";

/** Where the next page of a pass starts. */
export interface EventPlace {
  receivedAt: string;
  id: string;
}

/** Start of a pass. */
export const FIRST_EVENT: EventPlace = { receivedAt: "-infinity", id: "" };

// Each page is read once in a pass, however many of its rows have to stay, so a statement's work is bounded. What another
// relay has in hand is passed over.
const PURGE = `
WITH page AS MATERIALIZED (
  SELECT id, payment_id, received_at FROM provider_events
  WHERE received_at < clock_timestamp() - $1::int * interval '1 day' AND (received_at, id) > ($2::timestamptz, $3)
  ORDER BY received_at, id LIMIT $4 FOR UPDATE SKIP LOCKED
), d AS (
  DELETE FROM provider_events WHERE id IN (
    SELECT page.id FROM page WHERE NOT EXISTS (
        SELECT 1 FROM payments p WHERE p.id = page.payment_id AND p.status NOT IN ('succeeded', 'declined', 'canceled'))
      AND NOT EXISTS (
        SELECT 1 FROM refunds r WHERE r.payment_id = page.payment_id AND r.status NOT IN ('succeeded', 'failed', 'canceled'))
      AND NOT EXISTS (SELECT 1 FROM anomalies a WHERE a.payment_id = page.payment_id AND a.resolved_at IS NULL)
  ) RETURNING 1
)
SELECT count(*)::int AS read, (SELECT count(*) FROM d)::int AS deleted,
  (SELECT jsonb_build_object('receivedAt', received_at::text, 'id', id) FROM page
    ORDER BY received_at DESC, id DESC LIMIT 1) AS last FROM page`;

/**
 * Forgets webhooks of the provider that came long ago. Those of payments that are not over stay: that still move, wait for a
 * person, have a refund that does, or an anomaly that nobody has resolved. One that is sent again after this is stored anew,
 * and has its payment looked at: it decides nothing.
 *
 * @param keptDays how long they are kept; longer than the provider may send one again
 * @param after where the page before ended, or `FIRST_EVENT`
 * @returns how many were deleted, and where the next page starts; null at the end of the pass
 */
export async function purgeProviderEvents(
  pool: pg.Pool,
  keptDays: number,
  after: EventPlace,
  limit: number,
): Promise<{ deleted: number; next: EventPlace | null }> {
  // Planned each time, as the page of history is: a plan from before the tables filled would scan them whole.
  const { rows } = await pool.query<{ read: number; deleted: number; last: EventPlace | null }>(PURGE, [
    keptDays,
    after.receivedAt,
    after.id,
    limit,
  ]);
  const { read, deleted, last } = rows[0] ?? { read: 0, deleted: 0, last: null };
  return { deleted, next: read === limit ? last : null };
}
