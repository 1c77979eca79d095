import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import pg from "pg";
import { noteKeyUse } from "./note-key-use.ts";
import { createTestDatabase, insertMerchant } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
let listener: pg.Client;
let heard: (string | undefined)[] = [];
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  await insertMerchant(testDatabase.db);
  listener = new pg.Client({ connectionString: testDatabase.url });
  listener.on("notification", ({ payload }) => heard.push(payload));
  await listener.connect();
  await listener.query("LISTEN api_keys");
});
afterAll(async () => {
  await listener.end();
  await testDatabase.drop();
});

const ADD_KEY = `INSERT INTO api_keys (id, merchant_id, kind, hash, prefix)
  SELECT 'key', id, 'secret', sha256('key'), 'sk_test_' FROM merchants`;
const ADD_ORIGIN =
  "INSERT INTO merchant_origins (merchant_id, origin) SELECT id, 'https://shop.example' FROM merchants";

beforeEach(async () => {
  await testDatabase.db.pool.query("TRUNCATE api_keys, merchant_origins");
  await testDatabase.db.pool.query(ADD_KEY);
  await testDatabase.db.pool.query(ADD_ORIGIN);
  await flush();
});

/** What was told before this. Notifications come in the order of their commits. */
async function flush(): Promise<(string | undefined)[]> {
  await testDatabase.db.pool.query("SELECT pg_notify('api_keys', 'mark')");
  // The connection that listens is asked as well, so that what is due to it comes with the answer.
  while (!heard.includes("mark")) await listener.query("SELECT 1");
  const before = heard.slice(0, heard.indexOf("mark"));
  heard = [];
  return before;
}

test.each([
  "UPDATE api_keys SET revoked_at = now()",
  "UPDATE api_keys SET revoked_at = now() + interval '1 day', last_used_at = now()",
  "UPDATE api_keys SET kind = 'publishable'",
  "UPDATE api_keys SET merchant_id = merchant_id",
  "UPDATE api_keys SET hash = sha256('other')",
  "DELETE FROM api_keys",
  "TRUNCATE api_keys",
  ADD_ORIGIN.replace("shop", "other"),
  "UPDATE merchant_origins SET origin = 'https://other.example'",
  "DELETE FROM merchant_origins",
  "TRUNCATE merchant_origins",
])("who remembers keys is told of: %s", async (statement) => {
  await testDatabase.db.pool.query(statement);
  expect(await flush()).toEqual([""]);
});

test("who remembers keys is not told of their use, nor of new ones", async () => {
  await noteKeyUse(testDatabase.db.pool, "key");
  await testDatabase.db.pool.query(ADD_KEY.replaceAll("'key'", "'second'"));
  const { rows } = await testDatabase.db.pool.query("SELECT last_used_at FROM api_keys ORDER BY id");
  expect(rows).toEqual([{ last_used_at: expect.any(Date) }, { last_used_at: null }]);
  expect(await flush()).toEqual([]);
});
