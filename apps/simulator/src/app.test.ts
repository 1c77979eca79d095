import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { API_KEY, startTestSimulator, type TestClient } from "./test-client.ts";

const PATH = "/v1/payment_intents";

describe("wire form", () => {
  let client: TestClient;

  beforeAll(async () => {
    client = await startTestSimulator();
  });
  afterAll(() => client.close());

  it.each([undefined, "Bearer sk_live_abc", "Bearer sk_test_", "Basic c2tfdGVzdF94Og==", "sk_test_x"])(
    "answers 401 to authorization %s, without repeating it",
    async (authorization) => {
      const sent = request(client.url).get(PATH);
      const answer = await (authorization ? sent.set({ authorization }) : sent).expect(401);
      expect(answer.body).toEqual({ error: { type: "invalid_request_error", message: expect.any(String) } });
      expect(answer.text).not.toContain("sk_live");
    },
  );

  it("gives every answer a request id and echoes the Stripe version", async () => {
    const answer = await client.post(PATH, {}, { "Stripe-Version": "2026-01-01.test" }).expect(400);
    expect(answer.headers["request-id"]).toMatch(/^req_\w+$/);
    expect(answer.headers["stripe-version"]).toBe("2026-01-01.test");
  });

  it.each(["/", "/v2", "/v1/charges", "/v1/payment_intents/pi_1/capture", "/_sim"])(
    "answers a Stripe-shaped 404 to POST %s",
    async (path) => {
      const answer = await client.post(path).expect(404);
      expect(answer.body.error.message).toContain(`Unrecognized request URL (POST: ${path})`);
    },
  );

  it.each([
    ["application/json", '{"amount":1}', 400],
    ["application/x-www-form-urlencoded; charset=klingon", "amount=1", 400],
    ["application/x-www-form-urlencoded", `description=${"x".repeat(200_000)}`, 413],
    ["application/x-www-form-urlencoded", "a=1&".repeat(2000), 413],
    ["application/x-www-form-urlencoded", `a${"[b]".repeat(100)}=1`, 400],
    ["application/x-www-form-urlencoded", "amount=%ZZ%E0%A4&currency[toString]=usd", 400],
    ["application/x-www-form-urlencoded", "constructor=1&__proto__[x]=1&amount=5", 400],
  ])("answers a client's bad body of type %s with a 4xx and no stack trace", async (type, body, status) => {
    const answer = await request(client.url)
      .post(PATH)
      .set({ authorization: `Bearer ${API_KEY}`, "content-type": type })
      .send(body)
      .expect(status);
    expect(answer.body.error.type).toBe("invalid_request_error");
    expect(answer.text).not.toContain("node_modules");
  });

  it("says whose account it is", async () => {
    await client.get("/v1/account").expect(200, { id: "acct_simulator", object: "account" });
  });

  it("answers a path it cannot decode with 400", async () => {
    await client.get("/v1/payment_intents/%ZZ").expect(400);
  });
});
