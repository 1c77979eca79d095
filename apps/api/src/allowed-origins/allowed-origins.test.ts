import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { allowedOriginsSchema, MAX_ALLOWED_ORIGINS } from "@payonce/domain";
import request from "supertest";
import { addMerchant, expectProblem, startTestApi, type TestApi } from "../test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const put = (origins: unknown, authorization = api.authorization) =>
  request(api.url)
    .put("/v1/allowed_origins")
    .set({ authorization })
    .send({ origins } as object);
const get = async (authorization = api.authorization) =>
  (await api.get("/v1/allowed_origins", { authorization })).body.origins;

test("are none to begin with", async () => {
  const { authorization } = await addMerchant(api.db);
  expect(await get(authorization)).toEqual([]);
});

test("are those that were put last, each once", async () => {
  await put(["https://old.example", "https://shop.example"]);
  const origins = [
    "http://localhost:5173",
    "http://[::1]:8080",
    "https://shop.example",
    "https://xn--mnchen-3ya.example",
  ];
  const answer = await put([...origins, "https://shop.example"]);
  expect(answer.status).toBe(200);
  expect(allowedOriginsSchema.parse(answer.body).origins).toEqual([...origins].sort());
  expect(await get()).toEqual([...origins].sort());
  expect((await put([])).body.origins).toEqual([]);
});

test("are each merchant's own", async () => {
  const other = await addMerchant(api.db);
  await put(["https://shop.example"]);
  await put(["https://other.example"], other.authorization);
  expect(await get()).toEqual(["https://shop.example"]);
});

test("are one of two lists that are put at once, and never parts of both", async () => {
  const lists = [
    ["https://a1.example", "https://a2.example"],
    ["https://b1.example", "https://b2.example"],
  ];
  for (let round = 0; round < 10; round++) {
    await Promise.all(lists.map((list) => put(list)));
    expect(lists).toContainEqual(await get());
  }
});

describe("are refused", () => {
  test.each([
    "*",
    "null",
    "https://*.shop.example",
    "https://shop.example/",
    "https://shop.example/checkout",
    "https://shop.example?a",
    "https://shop.example:443",
    "http://shop.example:80",
    "https://Shop.example",
    "HTTPS://shop.example",
    "https://user@shop.example",
    "https://münchen.example",
    "https://",
    "//shop.example",
    "shop.example",
    "ftp://shop.example",
    "file://",
    "javascript:alert(1)",
    "https://shop.example https://evil.example",
    " https://shop.example",
    "",
    "https://4242424242424242.example",
    7,
    null,
  ])("where one is %p", async (origin) => {
    const answer = await put(["https://good.example", origin]);
    expectProblem(answer, 422, "field_invalid", "origins.1");
    expect(answer.text).not.toContain("4242");
    expect(await get()).not.toContain("https://good.example");
  });

  test.each([null, {}, "https://shop.example", undefined])("where the list is %p", async (origins) => {
    expectProblem(await put(origins), 422, "field_invalid", "origins");
  });

  test("where they are too many", async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `https://shop${i}.example`);
    expectProblem(await put(many(MAX_ALLOWED_ORIGINS + 1)), 422, "field_invalid", "origins");
    expect((await put(many(MAX_ALLOWED_ORIGINS))).status).toBe(200);
  });
});
