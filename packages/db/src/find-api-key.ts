import type pg from "pg";

export interface ApiKeyOwner {
  id: string;
  merchantId: string;
  kind: "secret" | "publishable";
  /** Whether the origin is one of the merchant's. */
  isOriginAllowed: boolean;
  /** False when its last use has been noted within the last minute. */
  isUseUnnoted: boolean;
}

// A key with `revoked_at` in the future is being replaced, and goes on until then.
const FIND = `
SELECT id, merchant_id AS "merchantId", kind,
  EXISTS (SELECT 1 FROM merchant_origins o WHERE o.merchant_id = k.merchant_id AND o.origin = $2) AS "isOriginAllowed",
  (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') AS "isUseUnnoted"
FROM api_keys k WHERE hash = $1 AND (revoked_at IS NULL OR revoked_at > now())`;

/**
 * Asked for each request and never remembered, so that a key that is revoked is refused at once.
 *
 * @param hash SHA-256 of the whole key; the key itself is nowhere stored
 * @param origin of the web page that sends the request
 */
export async function findApiKey(
  pool: pg.Pool,
  hash: Buffer,
  origin: string | null = null,
): Promise<ApiKeyOwner | null> {
  const { rows } = await pool.query<ApiKeyOwner>({ name: "find-api-key", text: FIND, values: [hash, origin] });
  return rows[0] ?? null;
}
