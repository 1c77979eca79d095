import type pg from "pg";

/**
 * - `canceled`: it is now, or was before.
 * - `requested`: its object at the provider has to be closed first, which the charger does.
 * - `refused`: it is being charged, may have been, or has ended otherwise.
 */
export type CancelResult = "canceled" | "requested" | "refused" | "not_found";

// A payment without an object at the provider can be canceled here and now: a charger that is about to store one loses its
// compare-and-set, and what is not stored is never confirmed.
const CANCEL = `
WITH l AS MATERIALIZED (
  SELECT id, status, cancel_requested FROM payments WHERE id = $1 AND merchant_id = $2 FOR UPDATE
), u AS (
  UPDATE payments p SET version = p.version + 1, updated_at = clock_timestamp(),
    status = CASE WHEN p.provider_object_id IS NULL THEN 'canceled' ELSE p.status END,
    cancel_requested = p.provider_object_id IS NOT NULL,
    next_action_at = CASE WHEN p.provider_object_id IS NOT NULL THEN clock_timestamp() END
  FROM l WHERE p.id = l.id AND p.status IN ('queued', 'retry_wait') AND NOT p.outcome_unknown AND NOT p.cancel_requested
  RETURNING p.id, p.version, p.dispatch, p.status, p.cancel_requested
), t AS (
  INSERT INTO timeline (payment_id, version, kind)
  SELECT id, version, CASE WHEN cancel_requested THEN 'cancel_requested' ELSE status END FROM u
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch)
  SELECT CASE WHEN cancel_requested THEN 'look_again' ELSE 'event' END, id, version, dispatch FROM u
)
SELECT l.status AS before, l.cancel_requested AS "wasRequested", u.status AS after,
  (SELECT pg_notify('outbox', '') FROM u LIMIT 1) IS NOT NULL AS notified
FROM l LEFT JOIN u USING (id)`;

/** Cancels a payment that has provably not been charged. A cancel that races a claim has one winner: the row's lock. */
export async function cancelPayment(
  db: pg.Pool | pg.PoolClient,
  payment: { id: string; merchantId: string },
): Promise<CancelResult> {
  const { rows } = await db.query<{ before: string; wasRequested: boolean; after: string | null }>({
    name: "cancel",
    text: CANCEL,
    values: [payment.id, payment.merchantId],
  });
  const [row] = rows;
  if (!row) return "not_found";
  if (row.before === "canceled" || row.after === "canceled") return "canceled";
  return row.after !== null || row.wasRequested ? "requested" : "refused";
}

const FINISH = `
WITH u AS (
  UPDATE payments SET version = version + 1, updated_at = clock_timestamp(), cancel_requested = false,
    status = CASE WHEN $3 THEN 'canceled' ELSE status END,
    next_action_at = CASE WHEN $3 THEN NULL ELSE clock_timestamp() END
  WHERE id = $1 AND version = $2 AND cancel_requested RETURNING id, version, status, dispatch
), t AS (
  INSERT INTO timeline (payment_id, version, kind)
  SELECT id, version, CASE WHEN $3 THEN status ELSE 'cancel_refused' END FROM u
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch)
  SELECT CASE WHEN $3 THEN 'event' ELSE 'look_again' END, id, version, dispatch FROM u
)
SELECT version, pg_notify('outbox', '') FROM u`;

/**
 * Ends a requested cancel: as canceled when the provider's object is closed, otherwise the payment is looked at again.
 *
 * @returns false when the payment has moved on since it was read
 */
export async function finishCancel(
  pool: pg.Pool,
  { id, version }: { id: string; version: number },
  isClosed: boolean,
): Promise<boolean> {
  const { rows } = await pool.query({ name: "finish-cancel", text: FINISH, values: [id, version, isClosed] });
  return rows.length === 1;
}
