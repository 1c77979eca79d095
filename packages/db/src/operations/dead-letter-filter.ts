/** Which dead letters. What is left out does not matter; an empty filter means all. */
export interface DeadLetterFilter {
  /** A payment's id, order reference, idempotency key or object at the provider, whole. */
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

const AGE = "clock_timestamp() - p.updated_at";

/**
 * A filter as SQL over `payments p`; only the dead letters are ever in it, by the partial index on them.
 *
 * @param firstParameter the number of the first `$n` that is free
 */
export function deadLetterConditions(
  filter: DeadLetterFilter,
  firstParameter = 1,
): { sql: string; values: (string | number | boolean)[] } {
  const values: (string | number | boolean)[] = [];
  const conditions = ["p.status = 'dead_lettered'"];
  const add = (value: string | number | boolean | undefined, condition: (parameter: string) => string) => {
    if (value === undefined) return;
    conditions.push(condition(`$${firstParameter + values.length}`));
    values.push(value);
  };
  add(filter.search, (p) => `${p} IN (p.id, p.order_reference, p.idempotency_key, p.provider_object_id)`);
  add(filter.merchantId, (p) => `p.merchant_id = ${p}`);
  add(filter.providerAccount, (p) => `p.provider_account = ${p}`);
  add(filter.reason, (p) => `p.dead_letter_reason = ${p}`);
  add(filter.outcomeUnknown, (p) => `p.outcome_unknown = ${p}`);
  add(filter.olderThanMs, (p) => `${AGE} >= ${p}::float8 * interval '1 ms'`);
  add(filter.newerThanMs, (p) => `${AGE} < ${p}::float8 * interval '1 ms'`);
  return { sql: conditions.join(" AND "), values };
}
