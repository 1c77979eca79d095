import type { WebhookDeadLetterReason, WebhookDeliveryState } from "@payonce/domain";
import type pg from "pg";
import { AFTER_ALL_IDS } from "../after-all-ids.ts";

/** One event on its way to one endpoint, as operators see it. */
export interface OperatedDelivery {
  id: string;
  version: number;
  endpointId: string;
  url: string;
  isEndpointEnabled: boolean;
  merchantId: string;
  eventId: string;
  eventType: string;
  eventAt: Date;
  paymentId: string;
  paymentVersion: number;
  refundId: string | null;
  status: WebhookDeliveryState;
  deadLetterReason: WebhookDeadLetterReason | null;
  attempts: number;
  /** Attempts of this round. */
  tries: number;
  dispatch: number;
  nextActionAt: Date | null;
  lastAttemptAt: Date | null;
  lastDurationMs: number | null;
  lastHttpStatus: number | null;
  lastError: string | null;
  /** The beginning of what the receiver answered. */
  lastResponse: string | null;
  deliveredAt: Date | null;
  createdAt: Date;
}

const SELECT = `
SELECT d.id, d.version, d.endpoint_id AS "endpointId", e.url, e.status = 'enabled' AS "isEndpointEnabled",
  e.merchant_id AS "merchantId", d.event_id AS "eventId", d.event_type AS "eventType", d.event_at AS "eventAt",
  d.payment_id AS "paymentId", d.payment_version AS "paymentVersion", d.refund_id AS "refundId", d.status,
  d.dead_letter_reason AS "deadLetterReason", d.attempts, d.tries, d.dispatch, d.next_action_at AS "nextActionAt",
  d.last_attempt_at AS "lastAttemptAt", d.last_duration_ms AS "lastDurationMs", d.last_http_status AS "lastHttpStatus",
  d.last_error AS "lastError", d.last_response AS "lastResponse", d.delivered_at AS "deliveredAt",
  d.created_at AS "createdAt"
FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE e.deleted_at IS NULL`;

export interface OperatedDeliveryFilter {
  endpointId?: string | undefined;
  status?: WebhookDeliveryState | undefined;
  limit: number;
  /** The last id of the page before. */
  before?: string | undefined;
}

// Written into the statement, or the indexes of those that have not succeeded would not be seen to fit.
const STATES: Readonly<Record<WebhookDeliveryState, string>> = {
  pending: "d.status = 'pending'",
  delivering: "d.status = 'delivering'",
  retry_wait: "d.status = 'retry_wait'",
  succeeded: "d.status = 'succeeded'",
  dead_lettered: "d.status = 'dead_lettered'",
};

/**
 * Deliveries to an endpoint, or to all, the newest first.
 *
 * @returns as many as `limit`, and whether there are more
 */
export async function listDeliveriesForOperators(
  pool: pg.Pool,
  { endpointId, status, limit, before }: OperatedDeliveryFilter,
): Promise<{ deliveries: OperatedDelivery[]; hasMore: boolean }> {
  const values: (string | number)[] = [before ?? AFTER_ALL_IDS, limit + 1];
  const conditions = ["d.id < $1"];
  if (endpointId !== undefined) conditions.push(`d.endpoint_id = $${values.push(endpointId)}`);
  if (status !== undefined) conditions.push(STATES[status]);
  const { rows } = await pool.query<OperatedDelivery>(
    `${SELECT} AND ${conditions.join(" AND ")} ORDER BY d.id DESC LIMIT $2`,
    values,
  );
  return { deliveries: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Null when there is none, also once its endpoint is deleted. */
export async function readDelivery(pool: pg.Pool, id: string): Promise<OperatedDelivery | null> {
  const { rows } = await pool.query<OperatedDelivery>(`${SELECT} AND d.id = $1`, [id]);
  return rows[0] ?? null;
}
