import type pg from "pg";

/** Payments, or refunds, that should have moved by now. */
export interface Overdue {
  count: number;
  /** True when there are more than were counted. */
  isMore: boolean;
  /** How long the one that is overdue for longest has been so; 0 where there is none. */
  longestMs: number;
}

const COUNT_LIMIT = 10_000;

const MOVING = {
  payments: "'queued', 'charging', 'retry_wait', 'unknown'",
  refunds: "'queued', 'refunding', 'retry_wait', 'unknown', 'pending'",
} as const;

/**
 * Counts the payments, or the refunds, whose time passed at least `graceMs` ago, up to 10,000. Behind a paused queue or an open breaker
 * that is as it should be; otherwise chargers are too few, or nobody sweeps.
 */
export async function readOverdue(
  pool: pg.Pool,
  graceMs: number,
  of: keyof typeof MOVING = "payments",
): Promise<Overdue> {
  const { rows } = await pool.query<{ count: number; longestMs: number }>(
    `SELECT count(*)::int AS count,
       coalesce(extract(epoch FROM clock_timestamp() - min(next_action_at)) * 1000, 0)::float8 AS "longestMs"
     FROM (
       SELECT next_action_at FROM ${of} WHERE status IN (${MOVING[of]})
         AND next_action_at < clock_timestamp() - $1::float8 * interval '1 ms' ORDER BY next_action_at LIMIT $2
     ) overdue`,
    [graceMs, COUNT_LIMIT + 1],
  );
  const { count, longestMs } = rows[0] ?? { count: 0, longestMs: 0 };
  return { count: Math.min(count, COUNT_LIMIT), isMore: count > COUNT_LIMIT, longestMs };
}
