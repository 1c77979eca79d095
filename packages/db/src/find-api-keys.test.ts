import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { findApiKeys } from "./find-api-keys.ts";
import { createTestDatabase, insertMerchant } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const hash = (key: string) => createHash("sha256").update(key).digest();
async function addKey(id: string, kind: string, revokedIn?: string): Promise<string> {
  const { pool } = testDatabase.db;
  const merchantId = await insertMerchant(testDatabase.db);
  await pool.query(
    `INSERT INTO api_keys (id, merchant_id, kind, hash, prefix, revoked_at)
     VALUES ($1, $2, $3, $4, 'sk_test_', now() + $5::interval)`,
    [id, merchantId, kind, hash(id), revokedIn ?? null],
  );
  await pool.query("INSERT INTO merchant_origins (merchant_id, origin) VALUES ($1, 'https://' || $2)", [
    merchantId,
    id,
  ]);
  return merchantId;
}

test("looked up together, each key is answered for itself, in the order of the questions", async () => {
  const one = await addKey("one", "secret");
  const two = await addKey("two", "publishable");
  const replaced = await addKey("replaced", "secret", "1 hour");
  await addKey("revoked", "secret", "-1 second");
  const ask: [string, string | null][] = [
    ["nobody", null],
    ["two", "https://two"],
    ["one", null],
    ["revoked", null],
    ["two", "https://one"],
    ["two", null],
    ["one", null],
    ["replaced", null],
  ];
  const owners = await findApiKeys(
    testDatabase.db.pool,
    ask.map(([key, origin]) => ({ hash: hash(key), origin })),
  );
  const said = owners.map((owner) => owner && [owner.id, owner.merchantId, owner.kind, owner.isOriginAllowed]);
  expect(said).toEqual([
    null,
    ["two", two, "publishable", true],
    ["one", one, "secret", false],
    null,
    ["two", two, "publishable", false],
    ["two", two, "publishable", false],
    ["one", one, "secret", false],
    ["replaced", replaced, "secret", false],
  ]);
});

test("of a key that is being replaced it is said how long it goes on, and of others that they have no end", async () => {
  await addKey("endless", "secret");
  await addKey("ending", "secret", "1 hour");
  const names = ["endless", "ending"];
  const [endless, ending] = await findApiKeys(
    testDatabase.db.pool,
    names.map((name) => ({ hash: hash(name), origin: null })),
  );
  expect(endless?.endsInMs).toBeNull();
  expect(ending?.endsInMs).toBeLessThanOrEqual(3_600_000);
  expect(ending?.endsInMs).toBeGreaterThan(3_500_000);
});
