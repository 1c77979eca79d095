import type pg from "pg";
import { AFTER_ALL_IDS } from "./after-all-ids.ts";
import { type DeadLetterFilter, deadLetterConditions } from "./dead-letter-filter.ts";

/** A dead letter as a list shows it. */
export interface DeadLetter {
  id: string;
  version: number;
  merchantId: string;
  merchantName: string;
  amountMinor: number;
  currency: string;
  orderReference: string | null;
  reason: string;
  /** What the last attempt ran into; null where there was none. */
  failureCode: string | null;
  /** True when money may have moved. */
  outcomeUnknown: boolean;
  attempts: number;
  providerAccount: string | null;
  createdAt: Date;
  deadSince: Date;
}

// By id: it is the order that the index of the dead letters has, and that of their payments' creation.
const selectWhere = (conditions: string) => `
SELECT p.id, p.version, p.merchant_id AS "merchantId", m.name AS "merchantName", p.amount_minor::float8 AS "amountMinor",
  p.currency, p.order_reference AS "orderReference", p.dead_letter_reason AS reason, p.failure_code AS "failureCode",
  p.outcome_unknown AS "outcomeUnknown", p.attempts, p.provider_account AS "providerAccount",
  p.created_at AS "createdAt", p.updated_at AS "deadSince"
FROM payments p JOIN merchants m ON m.id = p.merchant_id
WHERE ${conditions} AND p.id < $1 ORDER BY p.id DESC LIMIT $2`;

/**
 * Dead letters that match, those of the newest payments first.
 *
 * @param before the last id of the page before
 * @returns as many as `limit`, and whether there are more
 */
export async function searchDeadLetters(
  pool: pg.Pool,
  filter: DeadLetterFilter,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<{ deadLetters: DeadLetter[]; hasMore: boolean }> {
  const { sql, values } = deadLetterConditions(filter, 3);
  const { rows } = await pool.query<DeadLetter>(selectWhere(sql), [before ?? AFTER_ALL_IDS, limit + 1, ...values]);
  return { deadLetters: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Of these payments, those that are dead letters, in the order of their ids, newest first. */
export async function readDeadLetters(pool: pg.Pool, ids: readonly string[]): Promise<DeadLetter[]> {
  const conditions = "p.status = 'dead_lettered' AND p.id = ANY ($3::text[])";
  const { rows } = await pool.query<DeadLetter>(selectWhere(conditions), [AFTER_ALL_IDS, ids.length, [...ids]]);
  return rows;
}
