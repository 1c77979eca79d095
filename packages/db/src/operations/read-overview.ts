import { PAYMENT_STATES, type PaymentState } from "@payonce/domain";
import type pg from "pg";
import { type BoundedCount, boundedCount, OVERVIEW_COUNT_LIMIT } from "./bounded-count.ts";
import type { QueuePause } from "./pause-queue.ts";

/** What the database knows of how things stand. */
export interface Overview {
  /** By the database's clock. */
  at: Date;
  outbox: BoundedCount & { oldestAgeSeconds: number | null };
  /** Payments that still move, by state. */
  moving: BoundedCount & { byState: Partial<Record<PaymentState, number>> };
  /** Of the payments that move: the one that has been unknown for longest. */
  oldestUnknown: { id: string; ageSeconds: number; nextActionAt: Date } | null;
  deadLetters: BoundedCount & { outcomeUnknown: number; oldestAgeSeconds: number | null };
  openAnomalies: BoundedCount & { oldestAgeSeconds: number | null };
  pauses: QueuePause[];
}

// One statement, so the figures belong to one moment. Each reads a partial index, in the order of that index, and no more
// than $1 rows of it: what it costs does not depend on how many payments there are. Outbox ids rise with time, so the
// least one is the oldest.
const READ = `
WITH moving AS MATERIALIZED (
  SELECT id, status, outcome_unknown, created_at, next_action_at FROM payments
  WHERE next_action_at IS NOT NULL ORDER BY next_action_at, id LIMIT $1
), dead AS MATERIALIZED (
  SELECT outcome_unknown, updated_at FROM payments WHERE status = 'dead_lettered' ORDER BY id LIMIT $1
), open AS MATERIALIZED (
  SELECT opened_at FROM anomalies WHERE resolved_at IS NULL LIMIT $1
), waiting AS MATERIALIZED (
  SELECT 1 FROM outbox LIMIT $1
)
SELECT clock_timestamp() AS at,
  (SELECT jsonb_build_object('count', (SELECT count(*) FROM waiting), 'oldestAgeSeconds',
    (SELECT extract(epoch FROM clock_timestamp() - created_at) FROM outbox ORDER BY id LIMIT 1))) AS outbox,
  (SELECT coalesce(jsonb_object_agg(status, n), '{}') FROM (SELECT status, count(*) AS n FROM moving GROUP BY 1) s)
    AS moving,
  (SELECT jsonb_build_object('id', id, 'ageSeconds', extract(epoch FROM clock_timestamp() - created_at),
    'nextActionAt', next_action_at) FROM moving WHERE outcome_unknown ORDER BY id LIMIT 1) AS "oldestUnknown",
  (SELECT jsonb_build_object('count', count(*), 'outcomeUnknown', count(*) FILTER (WHERE outcome_unknown),
    'oldestAgeSeconds', extract(epoch FROM clock_timestamp() - min(updated_at))) FROM dead) AS "deadLetters",
  (SELECT jsonb_build_object('count', count(*),
    'oldestAgeSeconds', extract(epoch FROM clock_timestamp() - min(opened_at))) FROM open) AS "openAnomalies",
  (SELECT coalesce(jsonb_agg(jsonb_build_object('queue', queue, 'reason', reason, 'pausedAt', paused_at)
    ORDER BY queue), '[]') FROM queue_pauses) AS pauses`;

interface Row {
  at: Date;
  outbox: { count: number; oldestAgeSeconds: number | null };
  moving: Partial<Record<PaymentState, number>>;
  oldestUnknown: { id: string; ageSeconds: number; nextActionAt: string } | null;
  deadLetters: { count: number; outcomeUnknown: number; oldestAgeSeconds: number | null };
  openAnomalies: { count: number; oldestAgeSeconds: number | null };
  pauses: { queue: string; reason: string; pausedAt: string }[];
}

/** Reads the figures of the overview in one round trip, at a cost that does not grow with the payments there are. */
export async function readOverview(pool: pg.Pool): Promise<Overview> {
  // Planned each time: a plan from before the tables filled would scan them whole.
  const { rows } = await pool.query<Row>(READ, [OVERVIEW_COUNT_LIMIT + 1]);
  const row = rows[0] as Row;
  const { moving, oldestUnknown } = row;
  const total = PAYMENT_STATES.reduce((sum, state) => sum + (moving[state] ?? 0), 0);
  return {
    at: row.at,
    outbox: boundedCount(row.outbox),
    moving: { ...boundedCount({ count: total }), byState: moving },
    oldestUnknown: oldestUnknown && { ...oldestUnknown, nextActionAt: new Date(oldestUnknown.nextActionAt) },
    deadLetters: boundedCount(row.deadLetters),
    openAnomalies: boundedCount(row.openAnomalies),
    pauses: row.pauses.map((pause) => ({ ...pause, pausedAt: new Date(pause.pausedAt) })),
  };
}
