import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createApiKey, listApiKeys, revokeApiKey, rotateApiKey } from "@payonce/db/operations";
import { TEST_ACTOR } from "@payonce/db/testing";
import { expectProblem, startTestApi, type TestApi, until } from "../test-api.ts";
import { openShop } from "../test-shop.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const reason = "test";
async function newKey() {
  const created = await createApiKey(api.db.pool, TEST_ACTOR, {
    merchantId: api.merchantId,
    kind: "secret",
    mode: "test",
    reason,
  });
  if (!created) throw new Error("no merchant");
  return created;
}
const use = (key: string) => api.get("/v1/payments", { authorization: `Bearer ${key}` });
const find = async (id: string) =>
  (await listApiKeys(api.db.pool, { merchantId: api.merchantId, limit: 100 })).find((key) => key.id === id);
/** How often the key's row was written, however it was. */
async function writes(id: string): Promise<string> {
  return (await api.db.pool.query("SELECT xmin::text FROM api_keys WHERE id = $1", [id])).rows[0].xmin;
}

test("the use of a key is noted, and no more than once a minute", async () => {
  const { id, key, lastUsedAt } = await newKey();
  expect(lastUsedAt).toBeNull();
  await Promise.all(Array.from({ length: 20 }, () => use(key)));
  await until(async () => (await find(id))?.lastUsedAt != null);
  const written = await writes(id);
  await Promise.all(Array.from({ length: 20 }, () => use(key)));
  // Whatever they had begun has reached the database before the note for another key that came later.
  await noteOfAnotherKey();
  expect(await writes(id)).toBe(written);

  await api.db.pool.query("UPDATE api_keys SET last_used_at = now() - interval '61 seconds' WHERE id = $1", [id]);
  await use(key);
  await until(async () => Date.now() - ((await find(id))?.lastUsedAt?.getTime() ?? 0) < 60_000);
});

async function noteOfAnotherKey(): Promise<void> {
  const other = await newKey();
  await use(other.key);
  await until(async () => (await find(other.id))?.lastUsedAt != null);
}

test("no request waits for the note, nor fails with it", async () => {
  const { id, key } = await newKey();
  const client = await api.db.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT 1 FROM api_keys WHERE id = $1 FOR UPDATE", [id]);
    expect((await use(key)).status).toBe(200);
    // The note still waits for the row when the answer has long been given.
    await until(async () => (await waitingForALock()) === 1);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});

async function waitingForALock(): Promise<number> {
  const { rows } = await api.db.pool.query(
    `SELECT count(*)::int AS waiting FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE api_keys%'`,
  );
  return rows[0].waiting;
}

test("a key that is not taken is not noted", async () => {
  const { id, key } = await newKey();
  await revokeApiKey(api.db.pool, TEST_ACTOR, id, { reason });
  await use(key);
  await noteOfAnotherKey();
  expect((await find(id))?.lastUsedAt).toBeNull();
});

test("a publishable key is noted as well", async () => {
  const shop = await openShop(api);
  await shop.pay();
  await until(async () =>
    (await listApiKeys(api.db.pool, { merchantId: api.merchantId, limit: 100 })).some(
      ({ kind, lastUsedAt }) => kind === "publishable" && lastUsedAt !== null,
    ),
  );
});

test("while a key is replaced both are taken, and the old one no longer than was said", async () => {
  const old = await newKey();
  const rotated = await rotateApiKey(api.db.pool, TEST_ACTOR, old.id, { overlapMs: 3_600_000, reason });
  if (rotated.result !== "rotated") throw new Error(rotated.result);
  expect([(await use(old.key)).status, (await use(rotated.created.key)).status]).toEqual([200, 200]);
  await api.db.pool.query("UPDATE api_keys SET revoked_at = clock_timestamp() WHERE id = $1", [old.id]);
  expectProblem(await use(old.key), 401, "api_key_invalid", "Authorization");
  expect((await use(rotated.created.key)).status).toBe(200);
});

test("an api that hears of no changes refuses a revoked key with the next request, also where it was in use a moment before", async () => {
  const { id, key } = await newKey();
  expect((await use(key)).status).toBe(200);
  await revokeApiKey(api.db.pool, TEST_ACTOR, id, { reason });
  expectProblem(await use(key), 401, "api_key_invalid", "Authorization");
});
