import type { WebhookDeliveryState } from "@payonce/domain";
import type pg from "pg";
import { inTransaction } from "../in-transaction.ts";
import { type Actor, appendAudit } from "../operations/audit.ts";

/**
 * - `redelivered`: it has a new round of tries, and is sent at once.
 * - `under_way`: it is being sent, or is about to be; nothing was changed.
 * - `endpoint_disabled`: it is sent once its endpoint is enabled.
 */
export type RedeliverResult =
  | { result: "redelivered" | "under_way" | "endpoint_disabled"; status: WebhookDeliveryState; version: number }
  | { result: "not_found" };

const REDELIVER = `
WITH i AS MATERIALIZED (
  SELECT DISTINCT id FROM unnest($1::text[]) AS id
), l AS MATERIALIZED (
  SELECT d.id, d.version, d.status, d.tries, d.dead_letter_reason, d.payment_id, e.status = 'enabled' AS "isEnabled"
  FROM webhook_deliveries d JOIN i USING (id) JOIN webhook_endpoints e ON e.id = d.endpoint_id
  WHERE e.deleted_at IS NULL AND ($2::text IS NULL OR e.merchant_id = $2) ORDER BY d.id FOR UPDATE OF d
), u AS (
  UPDATE webhook_deliveries d SET status = 'pending', version = d.version + 1, dispatch = d.dispatch + 1, tries = 0,
    idle_dispatches = 0, needs_job = true, dead_letter_reason = NULL, next_action_at = clock_timestamp(),
    updated_at = clock_timestamp()
  FROM l WHERE d.id = l.id AND l."isEnabled" AND d.status IN ('succeeded', 'dead_lettered', 'retry_wait')
  RETURNING d.id, d.version, d.status
)
SELECT i.id, l.payment_id AS "paymentId", coalesce(u.status, l.status) AS status, coalesce(u.version, l.version) AS version,
  CASE WHEN u.id IS NOT NULL THEN 'redelivered' WHEN l.id IS NULL THEN 'not_found'
    WHEN l."isEnabled" THEN 'under_way' ELSE 'endpoint_disabled' END AS result,
  jsonb_build_object('status', l.status, 'version', l.version, 'tries', l.tries,
    'dead_letter_reason', l.dead_letter_reason) AS before
FROM i LEFT JOIN u USING (id) LEFT JOIN l USING (id)`;

/** Sends a merchant's delivery again. Pressing twice has one effect: the second finds it under way. */
export async function redeliverForMerchant(
  pool: pg.Pool,
  { id, merchantId }: { id: string; merchantId: string },
): Promise<RedeliverResult> {
  const { rows } = await pool.query(REDELIVER, [[id], merchantId]);
  const [{ result, status, version }] = rows;
  return { result, status, version };
}

/**
 * Sends deliveries again for an operator, whoever's they are.
 *
 * @param reason why a person wants it; kept in the audit log
 */
export function redeliverAsOperator(
  pool: pg.Pool,
  actor: Actor,
  ids: readonly string[],
  reason: string,
): Promise<Map<string, RedeliverResult>> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query(REDELIVER, [ids, null]);
    const redelivered = rows.filter(({ result }) => result === "redelivered");
    const entries = redelivered.map(({ id, paymentId, status, version, before }) => ({
      action: "redeliver_webhook",
      paymentId,
      target: id,
      reason,
      before,
      after: { status, version, tries: 0 },
    }));
    await appendAudit(client, actor, entries);
    return new Map(rows.map(({ id, result, status, version }) => [id, { result, status, version }]));
  });
}
