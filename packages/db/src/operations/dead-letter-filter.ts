/** Payments wait for a person, and so do refunds. */
export const DEAD_LETTER_KINDS = ["payment", "refund"] as const;
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number];

/** Which dead letters. What is left out does not matter; an empty filter means all. */
export interface DeadLetterFilter {
  /** A payment's id, order reference, idempotency key or object at the provider, whole; a refund's, or its payment's. */
  search?: string | undefined;
  merchantId?: string | undefined;
  /** The account at the provider. */
  providerAccount?: string | undefined;
  /** Why it was dead-lettered, such as `attempts_spent`. */
  reason?: string | undefined;
  /** Whether money may have moved. */
  outcomeUnknown?: boolean | undefined;
  /** Dead-lettered at least so long ago. */
  olderThanMs?: number | undefined;
  /** Dead-lettered less than so long ago. */
  newerThanMs?: number | undefined;
}

/** What is searched, of each kind. A refund carries the idempotency key of its own request. */
const SEARCHED: Readonly<Record<DeadLetterKind, string>> = {
  payment: "p.id, p.order_reference, p.idempotency_key, p.provider_object_id",
  refund: "r.id, p.id, p.order_reference, r.idempotency_key, r.provider_refund_id, p.provider_object_id",
};

/** The alias of the table that is dead-lettered. */
export const DEAD_LETTER_ALIAS: Readonly<Record<DeadLetterKind, string>> = { payment: "p", refund: "r" };

/** Where the conditions of a filter hold. */
export const DEAD_LETTER_TABLES: Readonly<Record<DeadLetterKind, string>> = {
  payment: "payments p",
  refund: "refunds r JOIN payments p ON p.id = r.payment_id",
};

/**
 * A filter as SQL over `payments p`, and over `refunds r` where it is about refunds; only the dead letters are ever in it, by
 * the partial index on them.
 *
 * @param firstParameter the number of the first `$n` that is free
 */
export function deadLetterConditions(
  filter: DeadLetterFilter,
  firstParameter = 1,
  kind: DeadLetterKind = "payment",
): { sql: string; values: (string | number | boolean)[] } {
  const values: (string | number | boolean)[] = [];
  const d = DEAD_LETTER_ALIAS[kind];
  const age = `clock_timestamp() - ${d}.updated_at`;
  const conditions = [`${d}.status = 'dead_lettered'`];
  const add = (value: string | number | boolean | undefined, condition: (parameter: string) => string) => {
    if (value === undefined) return;
    conditions.push(condition(`$${firstParameter + values.length}`));
    values.push(value);
  };
  add(filter.search, (p) => `${p} IN (${SEARCHED[kind]})`);
  add(filter.merchantId, (p) => `${d}.merchant_id = ${p}`);
  add(filter.providerAccount, (p) => `p.provider_account = ${p}`);
  add(filter.reason, (p) => `${d}.dead_letter_reason = ${p}`);
  add(filter.outcomeUnknown, (p) => `${d}.outcome_unknown = ${p}`);
  add(filter.olderThanMs, (p) => `${age} >= ${p}::float8 * interval '1 ms'`);
  add(filter.newerThanMs, (p) => `${age} < ${p}::float8 * interval '1 ms'`);
  return { sql: conditions.join(" AND "), values };
}
