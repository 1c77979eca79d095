import type { PaymentState } from "@payonce/domain";
import type pg from "pg";
import { LISTED_COLUMNS, type ListedPayment } from "./listed-payment.ts";

/** So many of the newest payments are looked through for an order whose payment has failed. */
export const ORDER_SCAN_LIMIT = 20_000;
const MAX_FOUND = 100;

// An order's payment that lives or has succeeded is in the order guard's index; one that was declined or canceled is in
// none, so the newest payments are looked through. A key belongs to a merchant: each is asked, by the key's index, which
// OFFSET 0 keeps the planner from turning into one pass over all payments.
const FIND = `
WITH found AS (
  SELECT id FROM payments WHERE id = $1
  UNION SELECT id FROM payments WHERE provider_object_id = $1
  UNION SELECT payment_id FROM refunds WHERE id = $1
  UNION SELECT payment_id FROM refunds WHERE provider_refund_id = $1 AND provider_refund_id IS NOT NULL
  UNION SELECT k.id FROM merchants CROSS JOIN LATERAL (
    SELECT id FROM payments WHERE merchant_id = merchants.id AND idempotency_key = $1 OFFSET 0) k
  UNION SELECT k.payment_id FROM merchants CROSS JOIN LATERAL (
    SELECT payment_id FROM refunds WHERE merchant_id = merchants.id AND idempotency_key = $1 OFFSET 0) k
  UNION SELECT o.id FROM merchants CROSS JOIN LATERAL (
    SELECT id FROM payments WHERE merchant_id = merchants.id AND order_reference = $1
      AND order_reference IS NOT NULL AND status NOT IN ('declined', 'canceled') OFFSET 0) o
  UNION SELECT id FROM (SELECT id, order_reference FROM payments ORDER BY id DESC LIMIT $2) newest
    WHERE order_reference = $1
)
SELECT ${LISTED_COLUMNS} FROM found JOIN payments p USING (id) JOIN merchants m ON m.id = p.merchant_id
WHERE ($4::text IS NULL OR p.status = $4) AND ($5::text IS NULL OR p.merchant_id = $5)
ORDER BY p.id DESC LIMIT $3`;

/**
 * Payments that have this id, object at the provider, idempotency key or order reference, whole; also by the id, the key or
 * the provider's id of one of their refunds. Of an order's payments that
 * were declined or canceled only those among the newest `ORDER_SCAN_LIMIT` payments are found.
 *
 * @returns at most 100, the newest first
 */
export async function findPaymentsForOperators(
  pool: pg.Pool,
  search: string,
  { status, merchantId }: { status?: PaymentState | undefined; merchantId?: string | undefined } = {},
): Promise<ListedPayment[]> {
  const values = [search, ORDER_SCAN_LIMIT, MAX_FOUND, status ?? null, merchantId ?? null];
  const { rows } = await pool.query<ListedPayment>(FIND, values);
  return rows;
}
