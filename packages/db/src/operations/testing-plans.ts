import type { PaymentState } from "@payonce/domain";
import type pg from "pg";

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: Plan[];
}

interface Query {
  text: string;
  values: unknown[];
}

/**
 * Has something be read, and tells each query of it that reads a table whole, by its plan.
 *
 * @returns the queries' texts; none when all go by an index
 */
export async function findScans(
  pool: pg.Pool,
  table: string,
  read: (pool: pg.Pool) => Promise<unknown>,
): Promise<string[]> {
  const queries: Query[] = [];
  const query = (sent: string | Query, values: unknown[] = []) => {
    queries.push(typeof sent === "string" ? { text: sent, values } : sent);
    return typeof sent === "string" ? pool.query(sent, values) : pool.query(sent);
  };
  await read({ query } as unknown as pg.Pool);
  const scans: string[] = [];
  for (const { text, values } of queries) {
    const { rows } = await pool.query(`EXPLAIN (FORMAT JSON) ${text}`, values);
    if (readsWhole(rows[0]["QUERY PLAN"][0].Plan, table)) scans.push(text);
  }
  return scans;
}

function readsWhole(plan: Plan, table: string): boolean {
  const isScan = plan["Relation Name"] === table && plan["Node Type"].endsWith("Seq Scan");
  return isScan || (plan.Plans ?? []).some((step) => readsWhole(step, table));
}

/** Payments enough for the planner to mind, with what it knows of them up to date. Their ids tell their order. */
export async function insertManyPayments(
  pool: pg.Pool,
  merchantId: string,
  counts: Partial<Record<Extract<PaymentState, "succeeded" | "queued" | "canceled">, number>>,
): Promise<void> {
  for (const [status, count] of Object.entries(counts)) {
    await pool.query(
      `INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method,
         status, provider_object_id, next_action_at)
       SELECT 'pay_' || lpad(n::text, 25, '0') || left($3, 1), $1, 'key-' || $3 || n, decode(md5(n::text) || md5($3), 'hex'),
         100, 'eur', 'pm_card_visa', $3, 'pi_' || $3 || n, CASE WHEN $3 = 'queued' THEN now() END
       FROM generate_series(1, $2::int) n`,
      [merchantId, count, status],
    );
  }
  await pool.query("ANALYZE payments");
}
