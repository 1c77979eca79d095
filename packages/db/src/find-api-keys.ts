import type pg from "pg";

export interface ApiKeyOwner {
  id: string;
  merchantId: string;
  kind: "secret" | "publishable";
  /** Whether the origin is one of the merchant's. */
  isOriginAllowed: boolean;
  /** False when its last use has been noted within the last minute. */
  isUseUnnoted: boolean;
  /** So long the key goes on, from the time of the lookup; null without an end. */
  endsInMs: number | null;
}

export interface KeyLookup {
  /** SHA-256 of the whole key; the key itself is nowhere stored. */
  hash: Buffer;
  /** Of the web page that sends the request. */
  origin: string | null;
}

// A key with `revoked_at` in the future is being replaced, and goes on until then.
const FIND = `
SELECT r.nr::int, k.id, k.merchant_id AS "merchantId", k.kind,
  EXISTS (SELECT 1 FROM merchant_origins o WHERE o.merchant_id = k.merchant_id AND o.origin = r.origin) AS "isOriginAllowed",
  (last_used_at IS NULL OR last_used_at < now() - interval '1 minute') AS "isUseUnnoted",
  (extract(epoch FROM revoked_at) - extract(epoch FROM now()))::float8 * 1000 AS "endsInMs"
FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS r(hash, origin, nr)
JOIN api_keys k ON k.hash = r.hash AND (revoked_at IS NULL OR revoked_at > now())`;

/**
 * Takes many at once, so that concurrent requests can share a statement. An answer may be remembered for a moment, by who hears
 * of changes on the channel `api_keys`; that nobody has a key may not, as a new key is not told of.
 *
 * @returns one owner for each lookup, in their order; null where no live key has the hash
 */
export async function findApiKeys(pool: pg.Pool, lookups: readonly KeyLookup[]): Promise<(ApiKeyOwner | null)[]> {
  // Those of the same moment are mostly of the same key.
  const different = new Map(lookups.map((lookup) => [nameOf(lookup), lookup]));
  const asked = [...different.values()];
  const values = [asked.map(({ hash }) => hash), asked.map(({ origin }) => origin)];
  const { rows } = await pool.query<ApiKeyOwner & { nr: number }>({ name: "find-api-keys", text: FIND, values });
  const found = new Map(rows.map(({ nr, ...owner }) => [nameOf(asked[nr - 1] as KeyLookup), owner]));
  return lookups.map((lookup) => found.get(nameOf(lookup)) ?? null);
}

function nameOf({ hash, origin }: KeyLookup): string {
  return origin === null ? hash.toString("latin1") : `${hash.toString("latin1")} ${origin}`;
}
