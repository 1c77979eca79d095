import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { replaceOrigins } from "@payonce/db";
import { createApiKey, revokeApiKey } from "@payonce/db/operations";
import { TEST_ACTOR } from "@payonce/db/testing";
import { createLogger } from "@payonce/service";
import { expectProblem, startTestApi, type TestApi, until } from "../test-api.ts";
import { openShop, SHOP } from "../test-shop.ts";
import { hearKeyChanges } from "./hear-key-changes.ts";

let api: TestApi;
let lookups: () => number;
beforeAll(async () => {
  // The clock stands still: nothing that is known grows old, and only what is heard can end it.
  api = await startTestApi({ knowsKeys: true, now: () => 0 });
  const query = jest.spyOn(api.db.pool, "query");
  const names = () => query.mock.calls.map(([statement]) => (statement as { name?: string }).name);
  lookups = () => names().filter((name) => name === "find-api-keys").length;
  await until(isHearing);
});
afterAll(() => api.stop());

const reason = "test";
const isHearing = () => api.keyChanges?.generation() != null;
async function newKey() {
  const order = { merchantId: api.merchantId, kind: "secret", mode: "test", reason } as const;
  const created = await createApiKey(api.db.pool, TEST_ACTOR, order);
  if (!created) throw new Error("no merchant");
  return { ...created, use: () => api.get("/v1/payments", { authorization: `Bearer ${created.key}` }) };
}
/** Asks until the answer needs no lookup. Once is not enough where a change is still on its way here. */
async function makeKnown(ask: () => PromiseLike<{ status: number }>): Promise<void> {
  await until(async () => {
    const before = lookups();
    expect((await ask()).status).toBeLessThan(300);
    return lookups() === before;
  });
}

test("a key in use is looked up once, on routes for secret keys and on those for any", async () => {
  const { key, use } = await newKey();
  await makeKnown(use);
  const before = lookups();
  const authorization = `Bearer ${key}`;
  expect((await api.post(undefined, { authorization })).status).toBe(202);
  expect((await api.get("/v1/allowed_origins", { authorization })).status).toBe(200);
  await Promise.all(Array.from({ length: 10 }, use));
  expect(lookups()).toBe(before);
});

test("a key that is known is refused as soon as its revocation is heard of", async () => {
  const { id, use } = await newKey();
  await makeKnown(use);
  await revokeApiKey(api.db.pool, TEST_ACTOR, id, { reason });
  await until(async () => (await use()).status !== 200);
  expectProblem(await use(), 401, "api_key_invalid", "Authorization");
});

test("a page is refused as soon as it is heard that its origin is not the merchant's any more", async () => {
  const shop = await openShop(api);
  await makeKnown(() => shop.pay());
  await replaceOrigins(api.db.pool, api.merchantId, []);
  await until(async () => (await shop.pay()).status !== 202);
  expectProblem(await shop.pay(), 403, "origin_not_allowed", "Origin");
  await replaceOrigins(api.db.pool, api.merchantId, [SHOP]);
  expect((await shop.pay()).status).toBe(202);
});

test("when the connection that listens is lost, keys are looked up until it is back", async () => {
  const [known, revoked] = [await newKey(), await newKey()];
  await makeKnown(known.use);
  await makeKnown(revoked.use);
  const before = lookups();
  await api.db.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'payonce-api-listen' AND datname = current_database()",
  );
  await until(() => !isHearing());
  // Nobody here hears of it, neither now nor later.
  await revokeApiKey(api.db.pool, TEST_ACTOR, revoked.id, { reason });
  expectProblem(await revoked.use(), 401, "api_key_invalid", "Authorization");
  expect((await known.use()).status).toBe(200);
  expect(lookups()).toBe(before + 2);

  await until(isHearing);
  // Neither is what was known before the connection was lost.
  expectProblem(await revoked.use(), 401, "api_key_invalid", "Authorization");
  await makeKnown(known.use);
  const said = api.lines.filter((line) => line.includes("changed API keys")).map((line) => JSON.parse(line));
  expect(said).toMatchObject([
    { level: 40, msg: "does not hear of changed API keys, and asks the database for each request" },
    { level: 30, msg: "hears of changed API keys again" },
  ]);
});

test("nothing is heard before the database has begun to tell, nor after closing", async () => {
  const changes = hearKeyChanges(api.databaseUrl, createLogger("api", "silent"));
  try {
    expect(changes.generation()).toBeNull();
    await until(() => changes.generation() !== null);
  } finally {
    await changes.close();
  }
  expect(changes.generation()).toBeNull();
});
