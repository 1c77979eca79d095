import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createApiKey, createMerchant } from "@payonce/db/operations";
import { TEST_ACTOR } from "../../test-ops.ts";
import { expectProblem, readAllPages, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
let merchantId: string;
beforeAll(async () => {
  api = await startTestApi();
  merchantId = (await createMerchant(api.db.pool, TEST_ACTOR, { name: "Bookshop", reason: "a test" })).id;
});
afterAll(() => api.stop());

const reason = "the shop moves";
const read = async () => (await api.as("viewer").get(`/merchants/${merchantId}`)).body;
const set = (origins: unknown, id = merchantId) =>
  api.as("admin").post(`/merchants/${id}/allowed_origins`, { origins, reason });

test("a merchant is shown with its keys and when they were last used, and never with a whole key", async () => {
  const wanted = { merchantId, kind: "publishable", mode: "test", reason: "a test" } as const;
  const made = await createApiKey(api.db.pool, TEST_ACTOR, wanted);
  await api.query("UPDATE api_keys SET last_used_at = '2026-11-22T10:00:00Z' WHERE id = $1", made?.id);
  const shown = await read();
  expect(shown).toMatchObject({
    name: "Bookshop",
    keys: [{ id: made?.id, kind: "publishable", last_used_at: "2026-11-22T10:00:00.000Z" }],
    allowed_origins: [],
  });
  expect(JSON.stringify(shown)).not.toContain(made?.key);
  const listed = await readAllPages(api.as("viewer"), "/merchants", 1);
  expect(listed[0]).toMatchObject({ id: merchantId, live_keys: 1 });
});

test("an admin says which origins are allowed: these and no others, audited once", async () => {
  const origins = ["https://b.example", "https://a.example"];
  expect((await set(origins)).body).toEqual({
    object: "allowed_origins",
    merchant_id: merchantId,
    origins: origins.toSorted(),
    changed: true,
  });
  expect((await set(origins)).body).toMatchObject({ changed: false });
  expect((await set(["https://c.example"])).body).toMatchObject({ origins: ["https://c.example"], changed: true });
  expect((await read()).allowed_origins).toEqual(["https://c.example"]);
  const entries = await api.query(
    "SELECT before, after FROM audit_log WHERE action = 'set_allowed_origins' ORDER BY id",
  );
  expect(entries).toEqual([
    { before: { origins: [] }, after: { origins: origins.toSorted() } },
    { before: { origins: origins.toSorted() }, after: { origins: ["https://c.example"] } },
  ]);
});

test.each(["https://shop.example/", "HTTPS://shop.example", "https://*.example", "ftp://a.example"])(
  "%s is no origin as browsers send it",
  async (origin) => {
    expect((await set([origin])).status).toBe(422);
  },
);

test("a merchant that nobody knows is not found", async () => {
  expectProblem(await set([], "mer_01m814esw7e00bgbyj9j5g8yxa"), "merchant_not_found");
  expectProblem(await api.as("viewer").get("/merchants/mer_01m814esw7e00bgbyj9j5g8yxa"), "merchant_not_found");
});
