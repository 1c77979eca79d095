import { REFUND_STATES, type RefundState } from "@payonce/domain";
import type pg from "pg";
import { type BoundedCount, boundedCount, OVERVIEW_COUNT_LIMIT } from "../bounded-count.ts";

/** What the database knows of how the refunds stand. */
export interface RefundOverview {
  /** Refunds that have not ended and do not wait for a person, by state. */
  moving: BoundedCount & { byState: Partial<Record<RefundState, number>> };
  /** The one whose outcome has been unknown for longest. */
  oldestUnknown: { id: string; paymentId: string; ageSeconds: number; nextActionAt: Date } | null;
  deadLetters: BoundedCount & { outcomeUnknown: number; oldestAgeSeconds: number | null };
}

// Each reads a partial index, in its order, and no more than $1 rows of it.
const READ = `
WITH moving AS MATERIALIZED (
  SELECT id, payment_id, status, outcome_unknown, created_at, next_action_at FROM refunds
  WHERE status IN ('queued', 'refunding', 'retry_wait', 'unknown', 'pending') ORDER BY next_action_at, id LIMIT $1
), dead AS MATERIALIZED (
  SELECT outcome_unknown, updated_at FROM refunds WHERE status = 'dead_lettered' ORDER BY id LIMIT $1
)
SELECT (SELECT coalesce(jsonb_object_agg(status, n), '{}') FROM (SELECT status, count(*) AS n FROM moving GROUP BY 1) s)
    AS moving,
  (SELECT jsonb_build_object('id', id, 'paymentId', payment_id, 'nextActionAt', next_action_at,
    'ageSeconds', extract(epoch FROM clock_timestamp() - created_at))
    FROM moving WHERE outcome_unknown ORDER BY id LIMIT 1) AS "oldestUnknown",
  (SELECT jsonb_build_object('count', count(*), 'outcomeUnknown', count(*) FILTER (WHERE outcome_unknown),
    'oldestAgeSeconds', extract(epoch FROM clock_timestamp() - min(updated_at))) FROM dead) AS "deadLetters"`;

interface Row {
  moving: Partial<Record<RefundState, number>>;
  oldestUnknown: { id: string; paymentId: string; ageSeconds: number; nextActionAt: string } | null;
  deadLetters: { count: number; outcomeUnknown: number; oldestAgeSeconds: number | null };
}

/** Reads the refunds' figures of the overview, at a cost that does not grow with the refunds there are. */
export async function readRefundOverview(pool: pg.Pool): Promise<RefundOverview> {
  const { rows } = await pool.query<Row>(READ, [OVERVIEW_COUNT_LIMIT + 1]);
  const { moving, oldestUnknown, deadLetters } = rows[0] as Row;
  const count = REFUND_STATES.reduce((sum, state) => sum + (moving[state] ?? 0), 0);
  return {
    moving: { ...boundedCount({ count }), byState: moving },
    oldestUnknown: oldestUnknown && { ...oldestUnknown, nextActionAt: new Date(oldestUnknown.nextActionAt) },
    deadLetters: boundedCount(deadLetters),
  };
}
