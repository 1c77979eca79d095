import type pg from "pg";

export interface ApiKeyOwner {
  merchantId: string;
  kind: "secret" | "publishable";
}

/** @param hash SHA-256 of the whole key; the key itself is nowhere stored */
export async function findApiKey(pool: pg.Pool, hash: Buffer): Promise<ApiKeyOwner | null> {
  const { rows } = await pool.query<ApiKeyOwner>({
    name: "find-api-key",
    text: `SELECT merchant_id AS "merchantId", kind FROM api_keys WHERE hash = $1 AND (revoked_at IS NULL OR revoked_at > now())`,
    values: [hash],
  });
  return rows[0] ?? null;
}
