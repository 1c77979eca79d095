import type pg from "pg";

/** A delivery's wake-up, as its job carries it. */
export interface DeliveryDispatch {
  deliveryId: string;
  endpointId: string;
  dispatch: number;
}

export interface OverdueDelivery extends DeliveryDispatch {
  /** Where the next page starts. */
  nextActionAt: string;
}

// One whose job has yet to be made has not lost it. While an operator has paused the queue, being overdue is as it should be.
const FIND_OVERDUE = `
SELECT id AS "deliveryId", endpoint_id AS "endpointId", dispatch, next_action_at::text AS "nextActionAt"
FROM webhook_deliveries
WHERE status IN ('pending', 'delivering', 'retry_wait') AND NOT needs_job
  AND next_action_at < clock_timestamp() - $1::int * interval '1 ms' AND (next_action_at, id) > ($2::timestamptz, $3)
  AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'webhooks')
ORDER BY next_action_at, id LIMIT $4`;

/**
 * Deliveries that should have moved and did not, oldest first: their job may be lost.
 *
 * @param after the last delivery of the page before; undefined for the first page
 */
export async function findOverdueDeliveries(
  pool: pg.Pool,
  graceMs: number,
  after: OverdueDelivery | undefined,
  limit: number,
): Promise<OverdueDelivery[]> {
  const { rows } = await pool.query<OverdueDelivery>({
    name: "find-overdue-deliveries",
    text: FIND_OVERDUE,
    values: [graceMs, after?.nextActionAt ?? "-infinity", after?.deliveryId ?? "", limit],
  });
  return rows;
}

// A compare-and-set on `dispatch` and never on `version`: a sweep must not break the hold of a notifier that is sending.
const DISPATCH_AGAIN = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r("deliveryId" text, dispatch int)
), l AS MATERIALIZED (
  SELECT d.id, d.idle_dispatches >= $2 AS "isDead" FROM webhook_deliveries d
  JOIN i ON d.id = i."deliveryId" AND d.dispatch = i.dispatch
  WHERE d.status IN ('pending', 'delivering', 'retry_wait') AND d.next_action_at < clock_timestamp()
  ORDER BY d.id FOR UPDATE OF d
), u AS (
  UPDATE webhook_deliveries d SET dispatch = d.dispatch + 1, idle_dispatches = d.idle_dispatches + 1, needs_job = true
  FROM l WHERE d.id = l.id AND NOT l."isDead" RETURNING 1
), dead AS (
  UPDATE webhook_deliveries d SET status = 'dead_lettered', dead_letter_reason = 'no_progress', version = d.version + 1,
    next_action_at = NULL, updated_at = clock_timestamp()
  FROM l WHERE d.id = l.id AND l."isDead" RETURNING 1
)
SELECT (SELECT count(*) FROM u)::int AS dispatched, (SELECT count(*) FROM dead)::int AS "deadLettered"`;

/** Has another job made for each, unless something else happened to it meanwhile; too many in vain make a dead letter. */
export async function dispatchDeliveriesAgain(
  pool: pg.Pool,
  deliveries: readonly DeliveryDispatch[],
  maxIdleDispatches: number,
): Promise<{ dispatched: number; deadLettered: number }> {
  const { rows } = await pool.query<{ dispatched: number; deadLettered: number }>({
    name: "dispatch-deliveries-again",
    text: DISPATCH_AGAIN,
    values: [JSON.stringify(deliveries), maxIdleDispatches],
  });
  return rows[0] ?? { dispatched: 0, deadLettered: 0 };
}

/** Deliveries whose job has yet to be made: dispatched again, redelivered, or let go after having been kept back. */
export async function findDeliveriesWithoutJob(pool: pg.Pool, limit: number): Promise<DeliveryDispatch[]> {
  const { rows } = await pool.query<DeliveryDispatch>({
    name: "deliveries-without-job",
    text: `SELECT id AS "deliveryId", endpoint_id AS "endpointId", dispatch FROM webhook_deliveries
      WHERE needs_job ORDER BY id LIMIT $1`,
    values: [limit],
  });
  return rows;
}

/** Written after the jobs were made: a crash between the two makes them again, under the same ids. */
export async function noteJobsMade(pool: pg.Pool, made: readonly DeliveryDispatch[]): Promise<void> {
  await pool.query({
    name: "note-jobs-made",
    text: `WITH l AS MATERIALIZED (
        SELECT d.id FROM webhook_deliveries d
        JOIN jsonb_to_recordset($1::jsonb) AS r("deliveryId" text, dispatch int) ON d.id = r."deliveryId"
          AND d.dispatch = r.dispatch ORDER BY d.id FOR UPDATE OF d
      ) UPDATE webhook_deliveries d SET needs_job = false FROM l WHERE d.id = l.id`,
    values: [JSON.stringify(made)],
  });
}

const RELEASE_HELD = `
WITH h AS (
  SELECT d.id FROM webhook_endpoints e CROSS JOIN LATERAL (
    SELECT id FROM webhook_deliveries WHERE endpoint_id = e.id AND dead_letter_reason = 'endpoint_disabled'
    ORDER BY id LIMIT $1
  ) d WHERE e.status = 'enabled' AND e.deleted_at IS NULL LIMIT $1
), l AS MATERIALIZED (
  SELECT id FROM webhook_deliveries WHERE id IN (SELECT id FROM h) AND dead_letter_reason = 'endpoint_disabled'
  ORDER BY id FOR UPDATE
)
UPDATE webhook_deliveries d SET status = 'pending', version = d.version + 1, dispatch = d.dispatch + 1, tries = 0,
  idle_dispatches = 0, needs_job = true, dead_letter_reason = NULL, next_action_at = clock_timestamp(),
  updated_at = clock_timestamp()
FROM l WHERE d.id = l.id`;

/**
 * Lets go what was kept back for endpoints that are enabled again.
 *
 * @returns how many; as many as `limit` means that there may be more
 */
export async function releaseHeldDeliveries(pool: pg.Pool, limit: number): Promise<number> {
  const { rowCount } = await pool.query({ name: "release-held", text: RELEASE_HELD, values: [limit] });
  return rowCount ?? 0;
}

/**
 * Forgets deliveries that ended, the oldest first: those that got through, and those of deleted endpoints. Every other dead
 * letter stays, because somebody may have it sent yet; one that is sent again at this moment is passed over.
 *
 * @param beforeId the least id of those that stay
 * @returns how many; as many as `limit` means that there may be more
 */
export async function deleteOldDeliveries(pool: pg.Pool, beforeId: string, limit: number): Promise<number> {
  const { rowCount } = await pool.query({
    name: "delete-old-deliveries",
    text: `DELETE FROM webhook_deliveries WHERE id IN (
      SELECT id FROM webhook_deliveries
      WHERE id < $1 AND (status = 'succeeded' OR dead_letter_reason = 'endpoint_deleted')
      ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    values: [beforeId, limit],
  });
  return rowCount ?? 0;
}
