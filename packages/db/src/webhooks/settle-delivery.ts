import type { WebhookDisabledReason } from "@payonce/domain";
import type pg from "pg";

/** What became of an attempt. */
export interface DeliverySettlement {
  deliveryId: string;
  /** As of the claim. */
  version: number;
  outcome:
    | { kind: "delivered" }
    /** Tried again after `waitMs`; null when the tries are spent. */
    | { kind: "failed"; code: string; waitMs: number | null }
    /** The receiver wants none any more: its endpoint is disabled. */
    | { kind: "gone" };
  httpStatus: number | null;
  /** The beginning of its answer; at most 1000 characters. */
  response: string | null;
  durationMs: number;
}

// An attempt that the receiver took ends its delivery also when the claim was lost meanwhile: it has the event. The
// endpoint's row is written when something about it changes, and not with every delivery; and never for a fault of ours,
// which must not have merchants' endpoints disabled.
const SETTLE = `
WITH u AS (
  UPDATE webhook_deliveries SET status = $3, version = version + 1, dead_letter_reason = $4,
    next_action_at = clock_timestamp() + $5::bigint * interval '1 ms', last_attempt_at = clock_timestamp(),
    last_duration_ms = $6, last_http_status = $7, last_error = $8, last_response = $9,
    delivered_at = CASE WHEN $3 = 'succeeded' THEN clock_timestamp() ELSE delivered_at END,
    updated_at = clock_timestamp()
  WHERE id = $1 AND (status = 'delivering' AND version = $2 OR $3 = 'succeeded' AND status <> 'succeeded')
  RETURNING endpoint_id
), e AS (
  UPDATE webhook_endpoints e SET
    failing_since = CASE WHEN $3 <> 'succeeded' THEN coalesce(e.failing_since, clock_timestamp()) END,
    status = CASE WHEN x.reason IS NULL THEN e.status ELSE 'disabled' END,
    disabled_reason = coalesce(x.reason, e.disabled_reason),
    disabled_at = CASE WHEN x.reason IS NULL THEN e.disabled_at ELSE clock_timestamp() END,
    updated_at = CASE WHEN x.reason IS NULL THEN e.updated_at ELSE clock_timestamp() END
  FROM u, LATERAL (SELECT CASE WHEN e2.status = 'disabled' OR $3 = 'succeeded' THEN NULL
      WHEN $4 = 'endpoint_disabled' THEN 'gone'
      WHEN e2.failing_since < clock_timestamp() - $10::bigint * interval '1 ms' THEN 'failing' END AS reason
    FROM webhook_endpoints e2 WHERE e2.id = u.endpoint_id) x
  WHERE e.id = u.endpoint_id AND e.deleted_at IS NULL AND $8::text IS DISTINCT FROM 'secret_unreadable'
    AND (x.reason IS NOT NULL OR ($3 = 'succeeded') = (e.failing_since IS NOT NULL))
  RETURNING x.reason
)
SELECT (SELECT reason FROM e) AS "disabledAs" FROM u`;

/**
 * Ends an attempt.
 *
 * @param disableAfterMs an endpoint to which nothing has got through for so long is disabled
 * @returns null when the claim was lost and another decides; otherwise why this attempt has had the endpoint disabled, if
 *   it has
 */
export async function settleDelivery(
  pool: pg.Pool,
  settlement: DeliverySettlement,
  disableAfterMs: number,
): Promise<{ disabledAs: WebhookDisabledReason | null } | null> {
  const { deliveryId, version, outcome, httpStatus, response, durationMs } = settlement;
  const { status, reason, waitMs, code } = endOf(outcome);
  const { rows } = await pool.query<{ disabledAs: WebhookDisabledReason | null }>({
    name: "settle-delivery",
    text: SETTLE,
    values: [deliveryId, version, status, reason, waitMs, durationMs, httpStatus, code, response, disableAfterMs],
  });
  return rows[0] ?? null;
}

function endOf(outcome: DeliverySettlement["outcome"]) {
  if (outcome.kind === "delivered") return { status: "succeeded", reason: null, waitMs: null, code: null };
  if (outcome.kind === "gone")
    return { status: "dead_lettered", reason: "endpoint_disabled", waitMs: null, code: "gone" };
  const { code, waitMs } = outcome;
  if (waitMs === null) return { status: "dead_lettered", reason: "attempts_spent", waitMs, code };
  return { status: "retry_wait", reason: null, waitMs, code };
}

const HOLD = `
UPDATE webhook_deliveries d SET status = 'dead_lettered', version = d.version + 1, next_action_at = NULL,
  dead_letter_reason = CASE WHEN e.deleted_at IS NULL THEN 'endpoint_disabled' ELSE 'endpoint_deleted' END,
  needs_job = false, updated_at = clock_timestamp()
FROM webhook_endpoints e
WHERE d.id = $1 AND e.id = d.endpoint_id AND (e.status = 'disabled' OR e.deleted_at IS NOT NULL)
  AND d.status IN ('pending', 'delivering', 'retry_wait') AND d.next_action_at <= clock_timestamp()`;

/**
 * Keeps a delivery back whose endpoint takes none: until it is enabled, or for good when it is deleted.
 *
 * @returns false when the delivery or its endpoint has changed since
 */
export async function holdDelivery(pool: pg.Pool, deliveryId: string): Promise<boolean> {
  const { rowCount } = await pool.query({ name: "hold-delivery", text: HOLD, values: [deliveryId] });
  return rowCount === 1;
}
