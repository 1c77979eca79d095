import type pg from "pg";

export interface ProviderEvent {
  /** The provider's own id of the event. */
  id: string;
  type: string;
  /** As the object's metadata says; it may be unknown here. */
  paymentId: string | null;
  /** Where the object is a refund of ours. */
  refundId: string | null;
  /** Money went back: what is asked about is the payment's refunds, and not the payment. */
  isAboutRefunds: boolean;
  providerObjectId: string | null;
  createdAt: Date;
}

// The event and the wake-up it leads to are one commit: a stored event has always woken somebody.
const RECORD = `
WITH r AS (
  SELECT id, payment_id, version, dispatch FROM refunds WHERE id = $6
), p AS (
  SELECT id, version, dispatch FROM payments WHERE id = coalesce((SELECT payment_id FROM r), $3)
), e AS (
  INSERT INTO provider_events (id, type, payment_id, provider_object_id, created_at, refund_id)
  VALUES ($1, $2, (SELECT id FROM p), $4, $5, (SELECT id FROM r)) ON CONFLICT DO NOTHING RETURNING payment_id, refund_id
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch, refund_id)
  SELECT 'refund_look', r.payment_id, r.version, r.dispatch, r.id FROM r JOIN e ON e.refund_id = r.id
  UNION ALL
  SELECT CASE WHEN $7::bool THEN 'refunds_compare' ELSE 'look_again' END, p.id, p.version, p.dispatch, NULL
  FROM p JOIN e ON e.payment_id = p.id WHERE e.refund_id IS NULL
)
SELECT (SELECT count(*) FROM e)::int AS stored, (SELECT pg_notify('outbox', '') FROM e LIMIT 1) IS NOT NULL AS notified`;

/**
 * Stores a verified webhook of the provider, once, and has its payment, or its refund, looked at. It decides nothing: the charger asks
 * the provider.
 *
 * @returns false when this event was stored before
 */
export async function recordProviderEvent(pool: pg.Pool, event: ProviderEvent): Promise<boolean> {
  const { id, type, paymentId, refundId, isAboutRefunds, providerObjectId, createdAt } = event;
  const { rows } = await pool.query<{ stored: number }>({
    name: "record-provider-event",
    text: RECORD,
    values: [id, type, paymentId, providerObjectId, createdAt, refundId, isAboutRefunds],
  });
  return rows[0]?.stored === 1;
}

/** The id that marks objects at the provider as this system's. */
export async function readInstallationId(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM installation");
  const [row] = rows;
  if (!row) throw new Error("the table `installation` is empty: run the migrations again on a fresh database");
  return row.id;
}
