import type { PaymentState } from "@payonce/domain";
import type { Database } from "../connect.ts";
import { REFUND_COLUMNS, type RefundRow } from "./refund-row.ts";
import { refundKind } from "./timeline-kind.ts";

export interface RefundRequest {
  /** Made by the caller; a replay answers with the first request's id instead. */
  id: string;
  paymentId: string;
  merchantId: string;
  idempotencyKey: string;
  /** SHA-256 of the payment's id and the canonical body, hex. */
  requestHash: string;
  /** Null for all that is left. */
  amountMinor: number | null;
  reason: string | null;
  metadata: Record<string, string>;
}

export type AcceptRefundResult =
  | { kind: "created"; refund: RefundRow }
  /** The same key and the same request, seen before. */
  | { kind: "replayed"; refund: RefundRow }
  /** The same key with another body, or for another payment. */
  | { kind: "key_reused" }
  | { kind: "payment_not_found" }
  | { kind: "not_refundable"; status: PaymentState }
  | { kind: "exceeds_payment"; leftMinor: number; currency: string }
  /** What was in the way was gone again when we looked, three times over. Trying again is safe. */
  | { kind: "contended" };

// One statement under the payment's row lock: what is left is read after the wait for it, so of any number of requests at
// once each sees what those before it have reserved. Refund, reservation, timeline and outbox exist together or not at all.
// The new sum is made from what was read under the lock: from the row as this statement first saw it, the check of the
// table would be made before Postgres notices that the row has changed since. ON CONFLICT is the idempotency key's: then nothing is reserved either, because all that follows comes from `ins`.
const INSERT = `
WITH l AS MATERIALIZED (
  SELECT id, merchant_id, status, refund_reserved_minor, amount_minor - refund_reserved_minor AS left_minor FROM payments
  WHERE id = $2 AND merchant_id = $3 FOR UPDATE
), ins AS (
  INSERT INTO refunds (id, payment_id, merchant_id, idempotency_key, request_hash, amount_minor, reason, metadata)
  SELECT $1, id, merchant_id, $4, decode($5, 'hex'), coalesce($6::bigint, left_minor), $7, $8::jsonb FROM l
  WHERE status = 'succeeded' AND coalesce($6::bigint, left_minor) BETWEEN 1 AND left_minor
  ON CONFLICT DO NOTHING RETURNING *
), p AS (
  UPDATE payments p SET refund_reserved_minor = l.refund_reserved_minor + ins.amount_minor, version = p.version + 1,
    updated_at = clock_timestamp()
  FROM ins, l WHERE p.id = l.id RETURNING p.id, p.version, p.dispatch, p.currency
), t AS (
  INSERT INTO timeline (payment_id, version, kind, refund_id)
  SELECT p.id, p.version, ${refundKind("ins.status")}, ins.id FROM ins, p
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch, refund_id)
  SELECT 'refund_dispatch', payment_id, version, dispatch, id FROM ins
  UNION ALL SELECT 'event', id, version, dispatch, NULL FROM p
)
SELECT ${REFUND_COLUMNS}, pg_notify('outbox', '') FROM ins r, p`;

// A second statement, because the first one's snapshot cannot see the row of a racing winner. The key comes first: a
// replay is a replay also when nothing is left any more, which it may itself be the reason for.
const FIND_REASON = `
SELECT p.status AS "paymentStatus", p.currency, (p.amount_minor - p.refund_reserved_minor)::float8 AS "leftMinor",
  (SELECT encode(request_hash, 'hex') FROM refunds WHERE merchant_id = $2 AND idempotency_key = $3) AS "requestHash"
FROM payments p WHERE p.id = $1 AND p.merchant_id = $2`;

const FIND_BY_KEY = `
SELECT ${REFUND_COLUMNS} FROM refunds r JOIN payments p ON p.id = r.payment_id
WHERE r.merchant_id = $1 AND r.idempotency_key = $2`;

const MAX_ROUNDS = 3;

/**
 * Stores a refund, once, and keeps its amount from all others. Redis is not touched.
 *
 * @throws when the database cannot be reached; then nothing is known, and sending the same request again is safe
 */
export async function acceptRefund({ pool }: Database, request: RefundRequest): Promise<AcceptRefundResult> {
  const { id, paymentId, merchantId, idempotencyKey, requestHash, amountMinor, reason, metadata } = request;
  const values = [
    id,
    paymentId,
    merchantId,
    idempotencyKey,
    requestHash,
    amountMinor,
    reason,
    JSON.stringify(metadata),
  ];
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const inserted = await pool.query<RefundRow>({ name: "accept-refund", text: INSERT, values });
    const [refund] = inserted.rows;
    if (refund) return { kind: "created", refund: withoutNotify(refund) };
    const refused = await findReason({ pool }, request);
    if (refused) return refused;
    // Neither the key nor the sum is in the way any more: a refund has just failed and made room. So try again.
  }
  return { kind: "contended" };
}

async function findReason(
  { pool }: Pick<Database, "pool">,
  { paymentId, merchantId, idempotencyKey, requestHash, amountMinor }: RefundRequest,
): Promise<AcceptRefundResult | null> {
  const { rows } = await pool.query<{
    paymentStatus: PaymentState;
    currency: string;
    leftMinor: number;
    requestHash: string | null;
  }>({ name: "find-refund-reason", text: FIND_REASON, values: [paymentId, merchantId, idempotencyKey] });
  const [found] = rows;
  if (!found) return { kind: "payment_not_found" };
  const { paymentStatus: status, leftMinor, currency } = found;
  if (found.requestHash !== null) {
    if (found.requestHash !== requestHash) return { kind: "key_reused" };
    const replayed = await pool.query<RefundRow>({ text: FIND_BY_KEY, values: [merchantId, idempotencyKey] });
    return replayed.rows[0] ? { kind: "replayed", refund: replayed.rows[0] } : null;
  }
  if (status !== "succeeded") return { kind: "not_refundable", status };
  if (leftMinor < (amountMinor ?? 1)) return { kind: "exceeds_payment", leftMinor, currency };
  return null;
}

function withoutNotify({ pg_notify: _notified, ...refund }: RefundRow & { pg_notify?: unknown }): RefundRow {
  return refund;
}
