import { createHash, randomInt } from "node:crypto";
import { newId } from "@payonce/domain";
import pg from "pg";

/** A merchant for trying things out. Whoever makes one keeps its keys: the database gets their hashes only. */
export interface TestMerchant {
  merchantId: string;
  secretKeyId: string;
  secretKey: string;
  publishableKeyId: string;
  publishableKey: string;
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** So much of a key is kept in the clear, to tell keys apart. */
export const shownPrefixLength = 12;

export function makeTestMerchant(): TestMerchant {
  return {
    merchantId: newId("mer"),
    secretKeyId: newId("key"),
    secretKey: `sk_test_${randomBase62(40)}`,
    publishableKeyId: newId("key"),
    publishableKey: `pk_test_${randomBase62(40)}`,
  };
}

/** Text that cannot be guessed, of letters and digits: a double click selects all of it. */
export function randomBase62(length: number): string {
  return Array.from({ length }, () => base62[randomInt(base62.length)]).join("");
}

/**
 * Puts a test merchant and its two keys into the database; those that are there already stay as they are.
 *
 * @param origins web pages from which its publishable key is taken, beside those that are there
 */
export async function seedMerchant(
  databaseUrl: string,
  merchant: TestMerchant,
  origins: readonly string[] = [],
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("INSERT INTO merchants (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      merchant.merchantId,
      "Test merchant",
    ]);
    await insertKey(client, merchant.merchantId, "secret", merchant.secretKeyId, merchant.secretKey);
    await insertKey(client, merchant.merchantId, "publishable", merchant.publishableKeyId, merchant.publishableKey);
    await client.query(
      "INSERT INTO merchant_origins (merchant_id, origin) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
      [merchant.merchantId, origins],
    );
  } finally {
    await client.end();
  }
}

async function insertKey(
  client: pg.Client,
  merchantId: string,
  kind: "secret" | "publishable",
  id: string,
  key: string,
): Promise<void> {
  await client.query(
    "INSERT INTO api_keys (id, merchant_id, kind, hash, prefix) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    [id, merchantId, kind, createHash("sha256").update(key).digest(), key.slice(0, shownPrefixLength)],
  );
}
