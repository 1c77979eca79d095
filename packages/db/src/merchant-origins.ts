import type pg from "pg";
import { inTransaction } from "./in-transaction.ts";

/** Whether any merchant has this origin: all that can be said of a preflight, which names no key. */
export async function isKnownOrigin(pool: pg.Pool, origin: string): Promise<boolean> {
  const { rows } = await pool.query<{ is_known: boolean }>({
    name: "is-known-origin",
    text: "SELECT EXISTS (SELECT 1 FROM merchant_origins WHERE origin = $1) AS is_known",
    values: [origin],
  });
  return rows[0]?.is_known === true;
}

/** From where a merchant's publishable keys are taken, in the order of the alphabet. */
export async function listOrigins(pool: pg.Pool | pg.PoolClient, merchantId: string): Promise<string[]> {
  const { rows } = await pool.query<{ origin: string }>(
    "SELECT origin FROM merchant_origins WHERE merchant_id = $1 ORDER BY origin",
    [merchantId],
  );
  return rows.map(({ origin }) => origin);
}

/** Makes these, and no others, a merchant's origins. They are spelled as browsers spell them. */
export function replaceOrigins(pool: pg.Pool, merchantId: string, origins: readonly string[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    // Two who do this at the same time take turns, or what one took away could stay.
    await client.query("SELECT 1 FROM merchants WHERE id = $1 FOR NO KEY UPDATE", [merchantId]);
    await client.query("DELETE FROM merchant_origins WHERE merchant_id = $1 AND origin <> ALL ($2::text[])", [
      merchantId,
      origins,
    ]);
    await client.query(
      "INSERT INTO merchant_origins (merchant_id, origin) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
      [merchantId, origins],
    );
  });
}
