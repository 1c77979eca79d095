import type { RefundState } from "@payonce/domain";
import type pg from "pg";
import { AFTER_ALL_IDS } from "../after-all-ids.ts";

/** A refund as a list shows it to operators. */
export interface ListedRefund {
  id: string;
  paymentId: string;
  merchantId: string;
  merchantName: string;
  amountMinor: number;
  currency: string;
  orderReference: string | null;
  status: RefundState;
  version: number;
  outcomeUnknown: boolean;
  attempts: number;
  failureCode: string | null;
  providerRefundId: string | null;
  nextActionAt: Date | null;
  createdAt: Date;
}

export interface RefundListFilter {
  status?: RefundState | undefined;
  merchantId?: string | undefined;
  limit: number;
  /** The last id of the page before. */
  before?: string | undefined;
}

/** So many of the newest refunds, or of those that move, one page looks through. */
const SCAN_LIMIT = 20_000;
const MOVING: readonly RefundState[] = ["queued", "refunding", "retry_wait", "unknown", "pending"];

/** Each in the order of an index, and bounded. */
function scanOf(status: RefundState | undefined): string {
  if (status !== undefined && MOVING.includes(status))
    return `SELECT * FROM refunds WHERE status IN (${MOVING.map((state) => `'${state}'`)})
      ORDER BY next_action_at, id LIMIT ${SCAN_LIMIT}`;
  const isDead = status === "dead_lettered" ? "status = 'dead_lettered' AND" : "";
  return `SELECT * FROM refunds WHERE ${isDead} id < $1 ORDER BY id DESC LIMIT ${SCAN_LIMIT}`;
}

/**
 * Refunds, the newest first. Of those that have ended, the newest 20,000 of the page's place are looked through.
 *
 * @returns as many as `limit`, and whether there are more
 */
export async function listRefundsForOperators(
  pool: pg.Pool,
  { status, merchantId, limit, before }: RefundListFilter,
): Promise<{ refunds: ListedRefund[]; hasMore: boolean }> {
  const { rows } = await pool.query<ListedRefund>(
    `SELECT r.id, r.payment_id AS "paymentId", r.merchant_id AS "merchantId", m.name AS "merchantName",
       r.amount_minor::float8 AS "amountMinor", p.currency, p.order_reference AS "orderReference", r.status, r.version,
       r.outcome_unknown AS "outcomeUnknown", r.attempts, r.failure_code AS "failureCode",
       r.provider_refund_id AS "providerRefundId", r.next_action_at AS "nextActionAt", r.created_at AS "createdAt"
     FROM (SELECT * FROM (${scanOf(status)}) scanned WHERE id < $1 AND ($2::text IS NULL OR status = $2)
       AND ($3::text IS NULL OR merchant_id = $3) ORDER BY id DESC LIMIT $4) r
     JOIN payments p ON p.id = r.payment_id JOIN merchants m ON m.id = r.merchant_id ORDER BY r.id DESC`,
    [before ?? AFTER_ALL_IDS, status ?? null, merchantId ?? null, limit + 1],
  );
  return { refunds: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** The payment of a refund; null when there is no such refund. */
export async function findPaymentOfRefund(pool: pg.Pool, id: string): Promise<string | null> {
  const { rows } = await pool.query<{ paymentId: string }>(
    `SELECT payment_id AS "paymentId" FROM refunds WHERE id = $1`,
    [id],
  );
  return rows[0]?.paymentId ?? null;
}
