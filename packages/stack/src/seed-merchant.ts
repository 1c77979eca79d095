import { createHash } from "node:crypto";
import pg from "pg";
import type { Secrets } from "./secrets.ts";

const shownPrefixLength = 12;

/** Puts the test merchant and its two keys into the database; those that are there already stay as they are. */
export async function seedMerchant(databaseUrl: string, secrets: Secrets): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("INSERT INTO merchants (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      secrets.merchantId,
      "Test merchant",
    ]);
    await insertKey(client, secrets.merchantId, "secret", secrets.secretKeyId, secrets.secretKey);
    await insertKey(client, secrets.merchantId, "publishable", secrets.publishableKeyId, secrets.publishableKey);
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
