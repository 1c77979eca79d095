import type { WebhookDeliveryState } from "@payonce/domain";
import type pg from "pg";

/**
 * - `redelivered`: it has a new round of tries, and is sent at once.
 * - `under_way`: it is being sent, or is about to be; nothing was changed.
 * - `endpoint_disabled`: it is sent once its endpoint is enabled.
 */
export type RedeliverResult =
  | { result: "redelivered" | "under_way" | "endpoint_disabled"; status: WebhookDeliveryState; version: number }
  | { result: "not_found" };

const REDELIVER = `
WITH l AS MATERIALIZED (
  SELECT d.id, d.version, d.status, e.status = 'enabled' AS "isEnabled"
  FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
  WHERE d.id = $1 AND e.merchant_id = $2 AND e.deleted_at IS NULL FOR UPDATE OF d
), u AS (
  UPDATE webhook_deliveries d SET status = 'pending', version = d.version + 1, dispatch = d.dispatch + 1, tries = 0,
    idle_dispatches = 0, needs_job = true, dead_letter_reason = NULL, next_action_at = clock_timestamp(),
    updated_at = clock_timestamp()
  FROM l WHERE d.id = l.id AND l."isEnabled" AND d.status IN ('succeeded', 'dead_lettered', 'retry_wait')
  RETURNING d.id, d.version, d.status
)
SELECT coalesce(u.status, l.status) AS status, coalesce(u.version, l.version) AS version,
  CASE WHEN u.id IS NOT NULL THEN 'redelivered' WHEN l."isEnabled" THEN 'under_way' ELSE 'endpoint_disabled' END AS result
FROM l LEFT JOIN u USING (id)`;

/** Sends a merchant's delivery again. Pressing twice has one effect: the second finds it under way. */
export async function redeliverForMerchant(
  pool: pg.Pool,
  { id, merchantId }: { id: string; merchantId: string },
): Promise<RedeliverResult> {
  const { rows } = await pool.query<RedeliverResult>(REDELIVER, [id, merchantId]);
  return rows[0] ?? { result: "not_found" };
}
