import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import request from "supertest";
import { addApiKey, addMerchant, countRows, expectProblem, startTestApi, type TestApi, VALID } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const calls = (authorization?: string) => {
  const headers: Record<string, string> = { "Idempotency-Key": "key-1", ...(authorization && { authorization }) };
  const agent = request(api.url);
  return [
    agent.post("/v1/payments").set(headers).send(VALID),
    agent.get("/v1/payments").set(headers),
    agent.get("/v1/payments/pay_1?wait=60").set(headers),
  ];
};

test("every call of the API needs a key", async () => {
  for (const call of calls()) {
    const answer = await call;
    expectProblem(answer, 401, "api_key_missing", "Authorization");
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="payonce"');
  }
  expect((await countRows(api.db)).payments).toBe(0);
});

describe("a key is refused", () => {
  test.each([
    ["without its scheme", () => api.secretKey],
    ["as Basic", () => `Basic ${Buffer.from(`${api.secretKey}:`).toString("base64")}`],
    ["when it is empty", () => "Bearer "],
    ["when it is a word", () => "Bearer null"],
    ["when it is unknown", () => "Bearer sk_test_0000000000000000000000000000"],
    ["when it is nearly right", () => `Bearer ${api.secretKey.slice(0, -1)}`],
    ["with something after it", () => `Bearer ${api.secretKey} x`],
    ["in other case", () => `Bearer ${api.secretKey.toUpperCase()}`],
    ["when it is two", () => `Bearer ${api.secretKey}, Bearer ${api.secretKey}`],
    ["when it is very long", () => `Bearer ${"k".repeat(5_000)}`],
    ["when it would be SQL", () => "Bearer ' OR 1=1 --"],
    ["when it is a card number", () => "Bearer 4242424242424242"],
    ["when it has letters beyond ASCII", () => "Bearer sk_test_\u00fc"],
  ])("%s", async (_what, authorization) => {
    for (const call of calls(authorization())) {
      const answer = await call;
      expectProblem(answer, 401, "api_key_invalid", "Authorization");
      expect(answer.text).not.toMatch(/sk_test|4242/);
    }
  });

  test("once it was revoked", async () => {
    const { merchantId, authorization } = await addMerchant(api.db);
    expect((await api.get("/v1/payments", { authorization })).status).toBe(200);
    await api.db.pool.query("UPDATE api_keys SET revoked_at = now() WHERE merchant_id = $1", [merchantId]);
    for (const call of calls(authorization)) expectProblem(await call, 401, "api_key_invalid", "Authorization");
  });

  test("before anything of the body is looked at", async () => {
    const answer = await request(api.url).post("/v1/payments").set("Content-Type", "text/plain").send("{");
    expectProblem(answer, 401, "api_key_missing", "Authorization");
  });
});

test("a key is taken with any spelling of Bearer", async () => {
  for (const scheme of ["Bearer", "bearer", "BEARER", "Bearer "])
    expect((await api.get("/v1/payments", { authorization: `${scheme} ${api.secretKey}` })).status).toBe(200);
});

test("a merchant may have several keys, and they see the same payments", async () => {
  const { body } = await api.post();
  const second = await addApiKey(api.db, api.merchantId, "secret");
  expect((await api.get(`/v1/payments/${body.id}`, { authorization: `Bearer ${second}` })).body.id).toBe(body.id);
});
