import type pg from "pg";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** How much of an id is its time: the first ten characters, as `newId` makes them; what follows only has to differ. */
const idAt = (prefix: string, at: string, salt: string) => {
  const ms = `(extract(epoch FROM ${at}) * 1000)::bigint`;
  const digits = Array.from({ length: 10 }, (_, i) => {
    return `substr('${ALPHABET}', ((${ms} >> ${5 * (9 - i)}) & 31)::int + 1, 1)`;
  });
  return `'${prefix}_' || ${digits.join(" || ")} || 'e' || left(md5(n || '${salt}'), 15)`;
};

const MERCHANTS = 100;
/** As long as a merchant's id is: five indexes hold it. */
const merchantIdOf = (n: string) => `'mer_' || lpad((${n})::text, 26, '0')`;
const SPAN_DAYS = 90;

// Half of all belongs to one merchant. Of 1,000 payments 60 were declined, 15 canceled, 1 waits for a person; the 500 newest
// still move.
const PAYMENTS = `
INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method,
  order_reference, status, version, attempts, tries, provider_object_id, provider_account, provider_api_version,
  failure_code, dead_letter_reason, next_action_at, created_at, updated_at)
SELECT ${idAt("pay", "at", "pay")}, ${merchantIdOf(`CASE n % 2 WHEN 0 THEN 0 ELSE n % ${MERCHANTS} END`)},
  gen_random_uuid(), sha256(n::text::bytea), 100 + n % 9900, 'eur', 'pm_card_visa', CASE WHEN n % 5 > 0 THEN 'order-' || n END,
  status, CASE status WHEN 'queued' THEN 1 WHEN 'canceled' THEN 2 ELSE 4 END,
  CASE WHEN status IN ('queued', 'canceled') THEN 0 ELSE 1 END, 0,
  CASE WHEN status NOT IN ('queued', 'canceled') THEN 'pi_' || left(md5(n || 'object'), 24) END,
  'acct_1GrowthGrowth', '2026-10-28.dahlia', CASE status WHEN 'declined' THEN 'card_declined' END,
  CASE status WHEN 'dead_lettered' THEN 'attempts_spent' END, CASE status WHEN 'queued' THEN at END, at, at
FROM (
  SELECT n, clock_timestamp() - ($2::int - n) * interval '1 ms' * (${SPAN_DAYS * 86_400_000}::float8 / $2::int) AS at,
    CASE WHEN n > $2::int - 500 THEN 'queued' WHEN n % 1000 = 7 THEN 'dead_lettered' WHEN n % 1000 < 61 THEN 'declined'
      WHEN n % 1000 < 76 THEN 'canceled' ELSE 'succeeded' END AS status
  FROM generate_series($1::int, $3::int) n
) made`;

const TIMELINE = `
INSERT INTO timeline (payment_id, version, kind, at)
SELECT id, v, CASE v WHEN 1 THEN 'queued' WHEN p.version THEN p.status WHEN 2 THEN 'charging'
  ELSE 'provider_object_stored' END, created_at
FROM payments p, generate_series(1, p.version) v WHERE id > $1 ORDER BY id, v`;

const ATTEMPTS = `
INSERT INTO attempts (id, payment_id, number, started_at, ended_at, outcome, code, evidence)
SELECT 'att' || substr(id, 4), id, 1, created_at, created_at, CASE status WHEN 'succeeded' THEN 'succeeded'
  WHEN 'declined' THEN 'declined' ELSE 'unknown' END, failure_code, jsonb_build_array(
    jsonb_build_object('operation', 'create', 'at', created_at, 'durationMs', 212, 'httpStatus', 200,
      'requestId', 'req_' || substr(id, 20, 14), 'objectId', provider_object_id, 'state', 'requires_confirmation'),
    jsonb_build_object('operation', 'confirm', 'at', created_at, 'durationMs', 734, 'httpStatus', 200,
      'requestId', 'req_' || substr(id, 17, 14), 'objectId', provider_object_id, 'state', status))
FROM payments WHERE id > $1 AND attempts > 0 ORDER BY id`;

const CHUNK = 50_000;

/**
 * Makes payments with all that their lives leave behind, in bulk: spread evenly over 90 days, the last one made now. For an
 * empty, migrated database. The planner's statistics are up to date when it returns.
 */
export async function fillPayments(pool: pg.Pool, count: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("SET statement_timeout = 0; SET synchronous_commit = off; SET work_mem = '64MB'");
    await client.query(
      `INSERT INTO merchants (id, name) SELECT ${merchantIdOf("n")}, 'Growth ' || n FROM generate_series(0, ${MERCHANTS - 1}) n`,
    );
    for (let from = 1; from <= count; from += CHUNK) {
      const { rows } = await client.query("SELECT coalesce(max(id), '') AS last FROM payments");
      await client.query(PAYMENTS, [from, count, Math.min(from + CHUNK - 1, count)]);
      await client.query(TIMELINE, [rows[0].last]);
      await client.query(ATTEMPTS, [rows[0].last]);
    }
    // The visibility map as well: a table that has grown for months has been vacuumed.
    await client.query("VACUUM (ANALYZE)");
  } finally {
    client.release(true);
  }
}
