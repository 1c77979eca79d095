import type pg from "pg";

// Ids sort before all that are made from now on, as those of old payments do. The keys are as scattered as clients' are.
const NUMBERS = `generate_series($1::bigint, $2::bigint) AS n`;
const PAYMENT_ID = `'pay_0' || lpad(n::text, 25, '0')`;
const MERCHANT = "(SELECT id FROM merchants ORDER BY id DESC LIMIT 1)";

const WAITING = [
  `INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method, order_reference)
   SELECT ${PAYMENT_ID}, ${MERCHANT}, md5(n::text), sha256(n::text::bytea), 4200, 'eur', 'pm_card_visa', 'old-' || n FROM ${NUMBERS}`,
  `INSERT INTO timeline (payment_id, version, kind) SELECT ${PAYMENT_ID}, 1, 'queued' FROM ${NUMBERS}`,
  `INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'accepted', ${PAYMENT_ID}, 1, 0 FROM ${NUMBERS}`,
];

const SETTLED = [
  `INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method,
     order_reference, status, version, attempts, tries, provider_object_id, provider_account, provider_api_version,
     next_action_at, created_at, updated_at)
   SELECT ${PAYMENT_ID}, ${MERCHANT}, md5(n::text), sha256(n::text::bytea), 4200, 'eur', 'pm_card_visa', 'old-' || n,
     'succeeded', 4, 1, 1, 'pi_old' || md5(n::text), 'acct_benchmark:test', '2026-01-01', NULL,
     now() - interval '1 day', now() - interval '1 day' FROM ${NUMBERS}`,
  `INSERT INTO timeline (payment_id, version, kind) SELECT ${PAYMENT_ID}, v, kind FROM ${NUMBERS},
     (VALUES (1, 'queued'), (2, 'charging'), (3, 'provider_object_stored'), (4, 'succeeded')) AS k(v, kind)`,
  `INSERT INTO attempts (id, payment_id, number, ended_at, outcome, evidence)
   SELECT 'att_0' || lpad(n::text, 25, '0'), ${PAYMENT_ID}, 1, clock_timestamp(), 'succeeded',
     '[{"operation":"create","httpStatus":200,"durationMs":2},{"operation":"confirm","httpStatus":200,"durationMs":2}]'
   FROM ${NUMBERS}`,
];

/** Unique indexes on what is random: entered one by one, each row would be a page to read. */
const SCATTERED = ["payments_idempotency", "payments_provider_object"];

const perStatement = 100_000;

/**
 * Writes payments into Payonce's tables in bulk, with all the rows that real ones have.
 *
 * @param kind `waiting`: accepted, with the outbox rows that nobody has published; `settled`: charged a day ago
 * @param from number of the first one; those of one number can be written once
 */
export async function fillTables(
  pool: pg.Pool,
  kind: "waiting" | "settled",
  { from, to }: { from: number; to: number },
): Promise<void> {
  const client = await pool.connect();
  try {
    // What the foreign keys would check is made here, and would be most of the work.
    await client.query(
      "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'",
    );
    const { rows } = await client.query<{ indexdef: string }>(
      "SELECT indexdef FROM pg_indexes WHERE indexname = ANY ($1)",
      [SCATTERED],
    );
    await client.query(`DROP INDEX ${SCATTERED.join(", ")}`);
    for (let first = from; first <= to; first += perStatement) {
      const last = Math.min(to, first + perStatement - 1);
      for (const statement of kind === "waiting" ? WAITING : SETTLED) await client.query(statement, [first, last]);
    }
    for (const { indexdef } of rows) await client.query(indexdef);
    // As autovacuum would have done by and by.
    await client.query("VACUUM (ANALYZE) payments, timeline, attempts");
    await client.query("CHECKPOINT");
  } finally {
    client.release(true);
  }
}
