import type pg from "pg";

export interface ProviderEvent {
  /** The provider's own id of the event. */
  id: string;
  type: string;
  /** As the object's metadata says; it may be unknown here. */
  paymentId: string | null;
  providerObjectId: string | null;
  createdAt: Date;
}

// The event and the wake-up it leads to are one commit: a stored event has always woken somebody.
const RECORD = `
WITH p AS (
  SELECT id, version, dispatch FROM payments WHERE id = $3
), e AS (
  INSERT INTO provider_events (id, type, payment_id, provider_object_id, created_at)
  VALUES ($1, $2, (SELECT id FROM p), $4, $5) ON CONFLICT DO NOTHING RETURNING payment_id
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch)
  SELECT 'look_again', p.id, p.version, p.dispatch FROM p JOIN e ON e.payment_id = p.id
)
SELECT (SELECT count(*) FROM e)::int AS stored, (SELECT pg_notify('outbox', '') FROM e LIMIT 1) IS NOT NULL AS notified`;

/**
 * Stores a verified webhook of the provider, once, and has its payment looked at. It decides nothing: the charger asks
 * the provider.
 *
 * @returns false when this event was stored before
 */
export async function recordProviderEvent(pool: pg.Pool, event: ProviderEvent): Promise<boolean> {
  const { id, type, paymentId, providerObjectId, createdAt } = event;
  const { rows } = await pool.query<{ stored: number }>({
    name: "record-provider-event",
    text: RECORD,
    values: [id, type, paymentId, providerObjectId, createdAt],
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
