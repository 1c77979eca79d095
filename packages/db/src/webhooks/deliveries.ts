import type { WebhookDeadLetterReason, WebhookDeliveryState } from "@payonce/domain";
import type pg from "pg";

/** One event on its way to one endpoint, as merchants see it. */
export interface WebhookDeliveryRow {
  id: string;
  endpointId: string;
  eventId: string;
  eventType: string;
  paymentId: string;
  paymentVersion: number;
  /** The refund that the event is about; null where it is about the payment itself. */
  refundId: string | null;
  status: WebhookDeliveryState;
  deadLetterReason: WebhookDeadLetterReason | null;
  attempts: number;
  nextActionAt: Date | null;
  lastAttemptAt: Date | null;
  lastDurationMs: number | null;
  lastHttpStatus: number | null;
  lastError: string | null;
  lastResponse: string | null;
  deliveredAt: Date | null;
  createdAt: Date;
}

const COLUMNS = `d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.event_type AS "eventType",
  d.payment_id AS "paymentId", d.payment_version AS "paymentVersion",
  d.refund_id AS "refundId", d.status, d.dead_letter_reason AS "deadLetterReason",
  d.attempts, d.next_action_at AS "nextActionAt", d.last_attempt_at AS "lastAttemptAt",
  d.last_duration_ms AS "lastDurationMs", d.last_http_status AS "lastHttpStatus", d.last_error AS "lastError",
  d.last_response AS "lastResponse", d.delivered_at AS "deliveredAt", d.created_at AS "createdAt"`;

/** A delivery to an endpoint of this merchant's; null when there is none, also once the endpoint is deleted. */
export async function findWebhookDelivery(
  pool: pg.Pool,
  { id, merchantId }: { id: string; merchantId: string },
): Promise<WebhookDeliveryRow | null> {
  const { rows } = await pool.query<WebhookDeliveryRow>(
    `SELECT ${COLUMNS} FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
     WHERE d.id = $1 AND e.merchant_id = $2 AND e.deleted_at IS NULL`,
    [id, merchantId],
  );
  return rows[0] ?? null;
}

export interface DeliveryListFilter {
  endpointId: string;
  status: WebhookDeliveryState | undefined;
  limit: number;
  startingAfter: string | undefined;
}

/** Deliveries to an endpoint, newest first. Whose endpoint it is has been asked before. */
export async function listWebhookDeliveries(
  pool: pg.Pool,
  { endpointId, status, limit, startingAfter }: DeliveryListFilter,
): Promise<WebhookDeliveryRow[]> {
  const conditions = ["d.endpoint_id = $1"];
  const values: unknown[] = [endpointId, limit];
  if (startingAfter) conditions.push(`d.id < $${values.push(startingAfter)}`);
  // Written into the statement, or the index of those that have not succeeded would not be seen to fit.
  if (status) conditions.push(status === "succeeded" ? "d.status = 'succeeded'" : NOT_DONE[status]);
  const { rows } = await pool.query<WebhookDeliveryRow>(
    `SELECT ${COLUMNS} FROM webhook_deliveries d WHERE ${conditions.join(" AND ")} ORDER BY d.id DESC LIMIT $2`,
    values,
  );
  return rows;
}

const NOT_DONE: Record<Exclude<WebhookDeliveryState, "succeeded">, string> = {
  pending: "d.status = 'pending'",
  delivering: "d.status = 'delivering'",
  retry_wait: "d.status = 'retry_wait'",
  dead_lettered: "d.status = 'dead_lettered'",
};
