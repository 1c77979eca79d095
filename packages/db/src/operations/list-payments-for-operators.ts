import type { PaymentState } from "@payonce/domain";
import type pg from "pg";
import { AFTER_ALL_IDS } from "./after-all-ids.ts";
import { LISTED_COLUMNS, type ListedPayment } from "./listed-payment.ts";

export interface PaymentListFilter {
  status?: PaymentState | undefined;
  merchantId?: string | undefined;
  limit: number;
  /** The last id of the page before. */
  before?: string | undefined;
}

export interface PaymentListPage {
  payments: ListedPayment[];
  /** Where the next page starts; null when there is none. */
  next: string | null;
  /** True when `LIST_SCAN_LIMIT` payments were looked through without filling the page. */
  isCutOff: boolean;
}

/** So many rows one page looks through at the most. */
export const LIST_SCAN_LIMIT = 20_000;

const MOVING: readonly PaymentState[] = ["queued", "charging", "retry_wait", "unknown"];

/**
 * Payments, the newest first. No index tells which have ended how, so there the newest `LIST_SCAN_LIMIT` are looked through
 * and no more; the next page goes on where this one stopped. Of what moves, those that are due first are looked through.
 */
export async function listPaymentsForOperators(pool: pg.Pool, filter: PaymentListFilter): Promise<PaymentListPage> {
  const { limit } = filter;
  const scan = scanFor(filter);
  const { rows: payments } = await pool.query<ListedPayment>(listQuery(scan, filter));
  if (payments.length === limit) return { payments, next: payments.at(-1)?.id ?? null, isCutOff: false };
  // The page is not full. Only then it matters how far the scan came, which is where the next page would start.
  const { rows } = await pool.query<{ scanned: number; last: string | null }>({
    text: `SELECT count(*)::int AS scanned, min(id) AS last FROM (${scan.sql}) scanned`,
    values: scan.values,
  });
  const isCutOff = rows[0]?.scanned === LIST_SCAN_LIMIT;
  return { payments, next: isCutOff && scan.isInOrder ? (rows[0]?.last ?? null) : null, isCutOff };
}

interface Scan {
  sql: string;
  values: string[];
  /** From the newest back, so that another scan can go on where this one stopped. */
  isInOrder: boolean;
}

/** What is looked through: in the order of an index, and bounded. */
function scanFor({ status, merchantId, before = AFTER_ALL_IDS }: PaymentListFilter): Scan {
  if (status !== undefined && MOVING.includes(status)) {
    const sql = `SELECT * FROM payments WHERE next_action_at IS NOT NULL
      ORDER BY next_action_at, id LIMIT ${LIST_SCAN_LIMIT}`;
    return { sql, values: [], isInOrder: false };
  }
  const values = [before];
  const conditions = ["id < $1"];
  if (status === "dead_lettered") conditions.push("status = 'dead_lettered'");
  else if (merchantId !== undefined) conditions.push(`merchant_id = $${values.push(merchantId)}`);
  const sql = `SELECT * FROM payments WHERE ${conditions.join(" AND ")} ORDER BY id DESC LIMIT ${LIST_SCAN_LIMIT}`;
  return { sql, values, isInOrder: true };
}

// The scan ends early where the page is full: a limit inside another takes no more rows than the outer one needs.
function listQuery(scan: Scan, { status, merchantId, before = AFTER_ALL_IDS, limit }: PaymentListFilter) {
  const values: (string | number)[] = [...scan.values];
  const conditions = [`id < $${values.push(before)}`];
  if (status !== undefined) conditions.push(`status = $${values.push(status)}`);
  if (merchantId !== undefined) conditions.push(`merchant_id = $${values.push(merchantId)}`);
  const text = `SELECT ${LISTED_COLUMNS} FROM (
      SELECT * FROM (${scan.sql}) scanned WHERE ${conditions.join(" AND ")} ORDER BY id DESC LIMIT $${values.push(limit)}
    ) p JOIN merchants m ON m.id = p.merchant_id ORDER BY p.id DESC`;
  return { text, values };
}
