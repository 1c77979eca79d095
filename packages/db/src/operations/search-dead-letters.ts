import type pg from "pg";
import { AFTER_ALL_IDS } from "./after-all-ids.ts";
import {
  DEAD_LETTER_ALIAS,
  DEAD_LETTER_TABLES,
  type DeadLetterFilter,
  type DeadLetterKind,
  deadLetterConditions,
} from "./dead-letter-filter.ts";

/** A dead letter as a list shows it. */
export interface DeadLetter {
  kind: DeadLetterKind;
  /** The payment's, or the refund's. */
  id: string;
  /** The payment itself, or that of the refund. */
  paymentId: string;
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

// By id: it is the order that the index of the dead letters has, and that of their creation.
const selectWhere = (conditions: string, kind: DeadLetterKind) => {
  const d = DEAD_LETTER_ALIAS[kind];
  return `SELECT '${kind}' AS kind, ${d}.id, p.id AS "paymentId", ${d}.version, p.merchant_id AS "merchantId",
  m.name AS "merchantName", ${d}.amount_minor::float8 AS "amountMinor", p.currency, p.order_reference AS "orderReference",
  ${d}.dead_letter_reason AS reason, ${d}.failure_code AS "failureCode", ${d}.outcome_unknown AS "outcomeUnknown",
  ${d}.attempts, p.provider_account AS "providerAccount", ${d}.created_at AS "createdAt", ${d}.updated_at AS "deadSince"
FROM ${DEAD_LETTER_TABLES[kind]} JOIN merchants m ON m.id = p.merchant_id
WHERE ${conditions} AND ${d}.id < $1 ORDER BY ${d}.id DESC LIMIT $2`;
};

/**
 * Dead letters of one kind that match, those of the newest payments, or refunds, first.
 *
 * @param before the last id of the page before
 * @returns as many as `limit`, and whether there are more
 */
export async function searchDeadLetters(
  pool: pg.Pool,
  filter: DeadLetterFilter,
  { limit, before, kind = "payment" }: { limit: number; before?: string | undefined; kind?: DeadLetterKind },
): Promise<{ deadLetters: DeadLetter[]; hasMore: boolean }> {
  const { sql, values } = deadLetterConditions(filter, 3, kind);
  const page = [before ?? AFTER_ALL_IDS, limit + 1];
  const { rows } = await pool.query<DeadLetter>(selectWhere(sql, kind), [...page, ...values]);
  return { deadLetters: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Of these payments, or refunds, those that are dead letters, in the order of their ids, newest first. */
export async function readDeadLetters(
  pool: pg.Pool,
  ids: readonly string[],
  kind: DeadLetterKind = "payment",
): Promise<DeadLetter[]> {
  const d = DEAD_LETTER_ALIAS[kind];
  const conditions = `${d}.status = 'dead_lettered' AND ${d}.id = ANY ($3::text[])`;
  const { rows } = await pool.query<DeadLetter>(selectWhere(conditions, kind), [AFTER_ALL_IDS, ids.length, [...ids]]);
  return rows;
}
