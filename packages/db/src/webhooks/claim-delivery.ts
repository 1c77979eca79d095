import type { PublicEventType, WebhookDeliveryState } from "@payonce/domain";
import type pg from "pg";
import { PAYMENT_COLUMNS, type PaymentRow, toPaymentRow } from "../payment-row.ts";

/** A delivery that this notifier may now send, until its lease ends. */
export interface DeliveryClaim {
  deliveryId: string;
  /** The settle is a compare-and-set on this. */
  version: number;
  /** Those that count against the retry schedule, this one among them. */
  tries: number;
  eventId: string;
  eventType: PublicEventType;
  eventAt: Date;
  /** The payment's version that the event made. */
  eventVersion: number;
  /** The refund that the event is about; null where it is about the payment itself. */
  refundId: string | null;
  endpointId: string;
  url: string;
  /** Encrypted; the newest first, and after a rotation the one before for as long as it signs. */
  secrets: Buffer[];
  /** As it is now. */
  payment: PaymentRow;
}

// What is sent is read here and nowhere else. An endpoint that is disabled or deleted gets nothing, however the job came.
const CLAIM = `
WITH u AS (
  UPDATE webhook_deliveries d SET status = 'delivering', version = d.version + 1, attempts = d.attempts + 1,
    tries = d.tries + 1, idle_dispatches = 0, next_action_at = clock_timestamp() + $2::int * interval '1 ms',
    updated_at = clock_timestamp()
  FROM webhook_endpoints e
  WHERE d.id = $1 AND d.status IN ('pending', 'delivering', 'retry_wait') AND d.next_action_at <= clock_timestamp()
    AND e.id = d.endpoint_id AND e.status = 'enabled' AND e.deleted_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'webhooks')
  RETURNING d.*, e.url, e.secret,
    CASE WHEN e.previous_secret_until > clock_timestamp() THEN e.previous_secret END AS previous_secret
)
SELECT u.id AS "deliveryId", u.version AS "deliveryVersion", u.tries, u.event_id AS "eventId", u.event_type AS "eventType",
  u.event_at AS "eventAt", u.payment_version AS "eventVersion", u.refund_id AS "refundId", u.endpoint_id AS "endpointId", u.url, u.secret, u.previous_secret AS "previousSecret", p.*
FROM u CROSS JOIN LATERAL (SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = u.payment_id) p`;

/**
 * Takes a delivery for this notifier.
 *
 * @param leaseMs after that anyone may claim it: the receiver may then get it twice
 * @returns null when it is not due, another's, done, or its endpoint takes none
 */
export async function claimDelivery(pool: pg.Pool, deliveryId: string, leaseMs: number): Promise<DeliveryClaim | null> {
  const { rows } = await pool.query({ name: "claim-delivery", text: CLAIM, values: [deliveryId, leaseMs] });
  const [row] = rows;
  if (!row) return null;
  const { deliveryVersion, secret, previousSecret } = row;
  return {
    deliveryId,
    version: deliveryVersion,
    tries: row.tries,
    eventId: row.eventId,
    eventType: row.eventType,
    eventAt: row.eventAt,
    eventVersion: row.eventVersion,
    refundId: row.refundId,
    endpointId: row.endpointId,
    url: row.url,
    secrets: previousSecret ? [secret, previousSecret] : [secret],
    payment: toPaymentRow(row),
  };
}

export interface DeliveryWake {
  status: WebhookDeliveryState;
  /** Until a claim can succeed, by the database's clock; null when nothing more happens by itself. */
  waitMs: number | null;
  /** False when its endpoint takes none: then it is kept back. */
  isWanted: boolean;
}

/** How long to leave a delivery alone while an operator has paused the queue. */
const PAUSED_WAIT_MS = 5_000;

const READ_WAKE = `
SELECT d.status, e.status = 'enabled' AND e.deleted_at IS NULL AS "isWanted", CASE WHEN d.next_action_at IS NOT NULL
  THEN greatest(0, ceil(extract(epoch FROM d.next_action_at - clock_timestamp()) * 1000),
    CASE WHEN EXISTS (SELECT 1 FROM queue_pauses WHERE queue = 'webhooks') THEN $2::int END)::float8 END AS "waitMs"
FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id WHERE d.id = $1`;

/**
 * For a delivery that could not be claimed: what it is now, and when to come back.
 *
 * @returns null when there is no such delivery (any more)
 */
export async function readDeliveryWake(pool: pg.Pool, deliveryId: string): Promise<DeliveryWake | null> {
  const { rows } = await pool.query<DeliveryWake>({
    name: "delivery-wake",
    text: READ_WAKE,
    values: [deliveryId, PAUSED_WAIT_MS],
  });
  return rows[0] ?? null;
}
