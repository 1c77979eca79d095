import type pg from "pg";

/** An event that has no deliveries yet, with the endpoints that were there when it happened. */
export interface UndeliveredEvent {
  paymentId: string;
  /** The payment's version when it happened. */
  version: number;
  /** Of its timeline row. */
  kind: string;
  /** The refund that it is about; null where it is about the payment itself. */
  refundId: string | null;
  at: Date;
  endpoints: { id: string; events: string[]; isEnabled: boolean }[];
}

export interface NewDelivery {
  id: string;
  endpointId: string;
  eventId: string;
  eventType: string;
  paymentId: string;
  version: number;
  kind: string;
  refundId: string | null;
  at: Date;
  /** Kept back, because the endpoint is disabled. */
  isHeld: boolean;
}

// Planned each time, as taking it out is: a plan from when this table was empty would read all of a backlog.
// Not locked: who takes the row out below has it, and reading it twice costs nothing. Kinds that this process does not
// know are left alone: they are for a newer notifier, which is being brought out.
const READ = `
SELECT o.payment_id AS "paymentId", o.version, o.kind, o.refund_id AS "refundId", o.at, e.endpoints
FROM webhook_outbox o CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'events', events, 'isEnabled', status = 'enabled')), '[]') AS endpoints
  FROM webhook_endpoints WHERE merchant_id = o.merchant_id AND deleted_at IS NULL AND created_at <= o.at
) e WHERE o.kind = ANY ($1)`;

/** Of these payments the events that have no deliveries yet; there are none for most of them. */
export async function readUndeliveredEventsOf(
  pool: pg.Pool,
  kinds: readonly string[],
  paymentIds: readonly string[],
): Promise<UndeliveredEvent[]> {
  const { rows } = await pool.query<UndeliveredEvent>({
    text: `${READ} AND o.payment_id = ANY ($2)`,
    values: [kinds, paymentIds],
  });
  return rows;
}

/** The oldest events that have no deliveries yet. */
export async function readUndeliveredEvents(
  pool: pg.Pool,
  kinds: readonly string[],
  limit: number,
): Promise<UndeliveredEvent[]> {
  const { rows } = await pool.query<UndeliveredEvent>({
    text: `${READ} ORDER BY o.at LIMIT $2`,
    values: [kinds, limit],
  });
  return rows;
}

// Taking an event out and making its deliveries is one statement: of two notifiers that read the same event one takes it
// out, and the other, having waited for that, makes nothing. Locked in one order, or the two would deadlock.
const FAN_OUT = `
WITH i AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r("paymentId" text, version int, kind text)
), l AS MATERIALIZED (
  SELECT o.payment_id, o.version, o.kind FROM webhook_outbox o
  JOIN i ON o.payment_id = i."paymentId" AND o.version = i.version AND o.kind = i.kind
  ORDER BY o.payment_id, o.version, o.kind FOR UPDATE OF o
), taken AS (
  DELETE FROM webhook_outbox o USING l WHERE (o.payment_id, o.version, o.kind) = (l.payment_id, l.version, l.kind)
  RETURNING o.payment_id, o.version, o.kind
), made AS (
  INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, payment_id, payment_version, refund_id, event_at,
    status, dead_letter_reason, next_action_at)
  SELECT d.id, d."endpointId", d."eventId", d."eventType", d."paymentId", d.version, d."refundId", d.at,
    CASE WHEN d."isHeld" THEN 'dead_lettered' ELSE 'pending' END, CASE WHEN d."isHeld" THEN 'endpoint_disabled' END,
    CASE WHEN NOT d."isHeld" THEN clock_timestamp() END
  FROM jsonb_to_recordset($2::jsonb) AS d(id text, "endpointId" text, "eventId" text, "eventType" text,
    "paymentId" text, version int, kind text, "refundId" text, at timestamptz, "isHeld" bool)
  JOIN taken t ON t.payment_id = d."paymentId" AND t.version = d.version AND t.kind = d.kind
  ORDER BY d."endpointId", d."eventId"
  ON CONFLICT (endpoint_id, event_id) DO NOTHING RETURNING id, endpoint_id, status, dispatch
)
SELECT id AS "deliveryId", endpoint_id AS "endpointId", dispatch FROM made WHERE status = 'pending'`;

/**
 * Makes the deliveries of events, and forgets that they had none.
 *
 * @returns what now needs a job; nothing of events that another has taken meanwhile
 */
export async function fanOutEvents(
  pool: pg.Pool,
  events: readonly Pick<UndeliveredEvent, "paymentId" | "version" | "kind">[],
  deliveries: readonly NewDelivery[],
): Promise<{ deliveryId: string; endpointId: string; dispatch: number }[]> {
  const keys = events.map(({ paymentId, version, kind }) => ({ paymentId, version, kind }));
  const { rows } = await pool.query<{ deliveryId: string; endpointId: string; dispatch: number }>({
    text: FAN_OUT,
    values: [JSON.stringify(keys), JSON.stringify(deliveries)],
  });
  return rows;
}

/** How far events wait for their deliveries: an alarm. */
export async function readWebhookBacklog(
  pool: pg.Pool,
): Promise<{ depth: number; oldestAgeSeconds: number; oldestDueSeconds: number }> {
  const { rows } = await pool.query(
    `SELECT count(*)::int AS depth,
       coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 AS "oldestAgeSeconds",
       greatest(0, coalesce(extract(epoch FROM clock_timestamp() - (SELECT min(next_action_at) FROM webhook_deliveries
         WHERE status IN ('pending', 'delivering', 'retry_wait'))), 0))::float8 AS "oldestDueSeconds"
     FROM webhook_outbox`,
  );
  return rows[0];
}
