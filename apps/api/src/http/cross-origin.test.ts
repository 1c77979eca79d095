import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { emptyTables } from "@payonce/db/testing";
import request from "supertest";
import { addMerchant, countRows, expectProblem, startTestApi, type TestApi, VALID } from "../test-api.ts";
import { openShop, SHOP, type TestShop } from "../test-shop.ts";

let api: TestApi;
let shop: TestShop;
beforeAll(async () => {
  api = await startTestApi();
  shop = await openShop(api);
});
afterAll(() => api.stop());
beforeEach(() => emptyTables(api.db, "payments"));

const ALLOW_ORIGIN = "access-control-allow-origin";
const OTHERS: [what: string, origin: string][] = [
  ["of another host", "https://evil.example"],
  ["of another scheme", "http://shop.example"],
  ["of another port", "https://shop.example:8443"],
  ["with the scheme's own port written out", "https://shop.example:443"],
  ["in capitals", "https://SHOP.example"],
  ["with a dot behind it", "https://shop.example."],
  ["with a slash behind it", "https://shop.example/"],
  ["of a host below it", "https://www.shop.example"],
  ["of a host that ends like it", "https://evilshop.example"],
  ["of a host that begins like it", "https://shop.example.evil.example"],
  ["with it as the user", "https://shop.example@evil.example"],
  ["in which any character stands for the dot", "https://shopxexample"],
  ["twice", `${SHOP}, ${SHOP}`],
  ["with another behind it", `${SHOP} https://evil.example`],
  ["null, as that of a sandboxed frame", "null"],
  ["a wildcard", "*"],
  ["a pattern", "%"],
  ["empty", ""],
  ["a card number", "https://4242424242424242"],
];

/** As a browser asks before it sends a request of a page. */
const preflight = (path: string, origin = SHOP, method = "POST") =>
  request(api.url).options(path).set({
    Origin: origin,
    "Access-Control-Request-Method": method,
    "Access-Control-Request-Headers": "authorization",
  });

const corsHeaders = (headers: Record<string, string>) =>
  Object.keys(headers).filter((name) => name.startsWith("access-control-"));

describe("a preflight", () => {
  test.each([
    ["/v1/payments", "POST"],
    ["/v1/payments/pay_1", "GET, HEAD"],
    ["/v1/payments/pay_1/events", "GET, HEAD"],
  ])("for %s from a merchant's origin is told what its pages may send", async (path, methods) => {
    const { status, headers, text } = await preflight(path);
    expect([status, text]).toEqual([204, ""]);
    expect(headers).toMatchObject({
      [ALLOW_ORIGIN]: SHOP,
      "access-control-allow-methods": methods,
      "access-control-allow-headers":
        "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Payonce-Client-Secret",
      "access-control-max-age": "7200",
      vary: "Origin",
    });
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
  });

  test.each(OTHERS)("from an origin that is nobody's is refused: one %s", async (_what, origin) => {
    const answer = await preflight("/v1/payments", origin);
    expectProblem(answer, 403, "origin_not_allowed", "Origin");
    expect(corsHeaders(answer.headers)).toEqual([]);
    expect(answer.headers.vary).toBe("Origin");
    if (origin.length > 3) expect(answer.text).not.toContain(origin);
  });

  test.each(["/v1/payments/pay_1/cancel", "/v1/allowed_origins", "/v1/webhook_endpoints", "/healthz"])(
    "for %s, which is not for pages, is not answered as one",
    async (path) => {
      const answer = await preflight(path);
      expect([answer.status, corsHeaders(answer.headers)]).toEqual([405, []]);
    },
  );

  test("is what OPTIONS without an origin is not", async () => {
    const answer = await request(api.url).options("/v1/payments");
    expectProblem(answer, 405, "method_not_allowed");
    expect(corsHeaders(answer.headers)).toEqual([]);
  });

  test("is refused from the moment on that nobody has the origin any more", async () => {
    const { merchantId } = await addMerchant(api.db);
    await openShop(api, merchantId, "https://closing.example");
    expect((await preflight("/v1/payments", "https://closing.example")).status).toBe(204);
    await openShop(api, merchantId, "https://other.example");
    expect((await preflight("/v1/payments", "https://closing.example")).status).toBe(403);
  });
});

describe("a request with a publishable key", () => {
  test("from the merchant's origin may be read by the page, with the headers that say what happened", async () => {
    const { status, headers } = await shop.pay();
    expect(status).toBe(202);
    expect(headers[ALLOW_ORIGIN]).toBe(SHOP);
    expect(headers.vary).toBe("Origin");
    for (const name of ["Location", "Request-Id", "ETag", "Retry-After", "Idempotent-Replayed"])
      expect(headers["access-control-expose-headers"]?.split(", ")).toContain(name);
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
  });

  test("that fails may be read by the page as well, so that it can say why", async () => {
    const answer = await shop.pay({ ...VALID, amount: 0 });
    expectProblem(answer, 422, "field_invalid", "amount");
    expect(answer.headers[ALLOW_ORIGIN]).toBe(SHOP);
    const refused = await request(api.url).get("/v1/payments").set(shop.page);
    expectProblem(refused, 403, "secret_key_required", "Authorization");
    expect(refused.headers[ALLOW_ORIGIN]).toBe(SHOP);
  });

  test.each(OTHERS)("is refused from an origin %s", async (_what, origin) => {
    const { body } = await shop.pay();
    const created = await shop.pay(VALID, { Origin: origin });
    const read = await shop.read(`/v1/payments/${body.id}`, body.client_secret, { Origin: origin });
    const events = await shop.read(`/v1/payments/${body.id}/events`, body.client_secret, { Origin: origin });
    for (const answer of [created, read, events]) {
      expectProblem(answer, 403, "origin_not_allowed", "Origin");
      expect(corsHeaders(answer.headers)).toEqual([]);
    }
    expect((await countRows(api.db)).payments).toBe(1);
  });

  test("is refused from another merchant's origin, though a preflight lets it through", async () => {
    const { merchantId } = await addMerchant(api.db);
    await openShop(api, merchantId, "https://neighbour.example");
    expect((await preflight("/v1/payments", "https://neighbour.example")).status).toBe(204);
    const answer = await shop.pay(VALID, { Origin: "https://neighbour.example" });
    expectProblem(answer, 403, "origin_not_allowed", "Origin");
    expect(corsHeaders(answer.headers)).toEqual([]);
  });

  test("creates nothing without an origin: what is no web page has a secret key", async () => {
    const { Origin: _, ...headers } = shop.page;
    const answer = await request(api.url)
      .post("/v1/payments")
      .set({ ...headers, "Idempotency-Key": "key-1", "Payonce-Client-Secret": "x".repeat(32) })
      .send(VALID);
    expectProblem(answer, 403, "origin_not_allowed", "Origin");
    expect((await countRows(api.db)).payments).toBe(0);
  });

  test("that is not valid is told to no page", async () => {
    const answer = await shop.pay(VALID, { authorization: `${shop.page.authorization}x` });
    expectProblem(answer, 401, "api_key_invalid", "Authorization");
    expect(corsHeaders(answer.headers)).toEqual([]);
  });
});

describe("a secret key", () => {
  test("is never answered so that a page could read it, and is refused when a page sends it", async () => {
    for (const origin of [SHOP, "https://evil.example", "null", ""]) {
      const answer = await api.post(VALID, { Origin: origin });
      expectProblem(answer, 403, "secret_key_in_browser", "Authorization");
      expect(corsHeaders(answer.headers)).toEqual([]);
      expect(answer.headers.vary).toBe("Origin");
    }
    expect((await countRows(api.db)).payments).toBe(0);
  });

  test("is taken from a page of our own host, as the reference page is", async () => {
    const answer = await api.post(VALID, { Origin: api.url });
    expect([answer.status, corsHeaders(answer.headers)]).toEqual([202, []]);
  });
});
