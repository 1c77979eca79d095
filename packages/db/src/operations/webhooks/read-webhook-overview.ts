import type pg from "pg";
import { type BoundedCount, boundedCount, OVERVIEW_COUNT_LIMIT } from "../bounded-count.ts";
import { GIVEN_UP } from "./list-endpoints.ts";

/** What the database knows of how the webhooks to merchants stand. */
export interface WebhookOverview {
  /** Events that have no deliveries yet. */
  outbox: BoundedCount & { oldestAgeSeconds: number | null };
  /** Deliveries on their way. */
  waiting: BoundedCount & { longestDueSeconds: number | null };
  /** Deliveries that were given up and can be sent again. */
  deadLetters: BoundedCount & { oldestAgeSeconds: number | null };
  /** Endpoints that are disabled, whoever or whatever did it. */
  disabledEndpoints: BoundedCount & { failing: number };
}

// Each reads an index, in its order, and no more than $1 rows of it.
const READ = `
WITH events AS MATERIALIZED (
  SELECT at FROM webhook_outbox ORDER BY at LIMIT $1
), waiting AS MATERIALIZED (
  SELECT next_action_at FROM webhook_deliveries WHERE status IN ('pending', 'delivering', 'retry_wait')
  ORDER BY next_action_at, id LIMIT $1
), dead AS MATERIALIZED (
  SELECT endpoint_id, dead_letter_reason, status, updated_at FROM webhook_deliveries WHERE status = 'dead_lettered'
  ORDER BY id LIMIT $1
), disabled AS MATERIALIZED (
  SELECT disabled_reason FROM webhook_endpoints WHERE status = 'disabled' AND deleted_at IS NULL LIMIT $1
)
SELECT
  (SELECT jsonb_build_object('count', count(*), 'oldestAgeSeconds', extract(epoch FROM clock_timestamp() - min(at)))
    FROM events) AS outbox,
  (SELECT jsonb_build_object('count', count(*),
    'longestDueSeconds', greatest(0, extract(epoch FROM clock_timestamp() - min(next_action_at)))) FROM waiting) AS waiting,
  (SELECT jsonb_build_object('count', count(*), 'oldestAgeSeconds', extract(epoch FROM clock_timestamp() - min(d.updated_at)))
    FROM dead d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE e.deleted_at IS NULL AND d.${GIVEN_UP})
    AS "deadLetters",
  (SELECT jsonb_build_object('count', count(*), 'failing', count(*) FILTER (WHERE disabled_reason = 'failing'))
    FROM disabled) AS "disabledEndpoints"`;

interface Row {
  outbox: { count: number; oldestAgeSeconds: number | null };
  waiting: { count: number; longestDueSeconds: number | null };
  deadLetters: { count: number; oldestAgeSeconds: number | null };
  disabledEndpoints: { count: number; failing: number };
}

/** Reads the webhooks' figures of the overview, at a cost that does not grow with the deliveries there are. */
export async function readWebhookOverview(pool: pg.Pool): Promise<WebhookOverview> {
  const { rows } = await pool.query<Row>(READ, [OVERVIEW_COUNT_LIMIT + 1]);
  const { outbox, waiting, deadLetters, disabledEndpoints } = rows[0] as Row;
  return {
    outbox: boundedCount(outbox),
    // Nothing is due where nothing waits; `greatest` would say 0.
    waiting: boundedCount({ ...waiting, longestDueSeconds: waiting.count === 0 ? null : waiting.longestDueSeconds }),
    deadLetters: boundedCount(deadLetters),
    disabledEndpoints: boundedCount(disabledEndpoints),
  };
}
