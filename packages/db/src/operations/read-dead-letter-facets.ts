import type pg from "pg";

/** What the filters of the dead letters can be set to, as far as there are dead letters of it. */
export interface DeadLetterFacets {
  merchants: { id: string; name: string }[];
  providerAccounts: string[];
  reasons: string[];
}

/** Of payments and refunds together; at most 200 of each. */
export async function readDeadLetterFacets(pool: pg.Pool): Promise<DeadLetterFacets> {
  const { rows } = await pool.query<DeadLetterFacets>(
    `WITH d AS MATERIALIZED (
       SELECT DISTINCT merchant_id, provider_account, dead_letter_reason FROM payments WHERE status = 'dead_lettered'
       UNION SELECT r.merchant_id, p.provider_account, r.dead_letter_reason
       FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.status = 'dead_lettered'
     )
     SELECT
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name) ORDER BY name, id), '[]') FROM
         (SELECT id, name FROM merchants WHERE id IN (SELECT merchant_id FROM d) ORDER BY name, id LIMIT 200) m) AS merchants,
       (SELECT coalesce(jsonb_agg(account ORDER BY account), '[]') FROM
         (SELECT DISTINCT provider_account AS account FROM d WHERE provider_account IS NOT NULL ORDER BY 1 LIMIT 200) a)
         AS "providerAccounts",
       (SELECT coalesce(jsonb_agg(reason ORDER BY reason), '[]') FROM
         (SELECT DISTINCT dead_letter_reason AS reason FROM d ORDER BY 1 LIMIT 200) r) AS reasons`,
  );
  return rows[0] ?? { merchants: [], providerAccounts: [], reasons: [] };
}
