import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import request, { type Response } from "supertest";
import { startTestOps, type TestOps } from "../test-ops.ts";

let ops: TestOps;
beforeAll(async () => {
  ops = await startTestOps();
});
afterAll(() => ops.stop());

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

describe("cannot be framed, sniffed or kept:", () => {
  const get = (path: string) => request(ops.url).get(path);
  test.each<[string, number, () => PromiseLike<Response>]>([
    ["the sign-in page", 200, () => get("/sign-in")],
    ["the way to the sign-in page", 303, () => get("/payments")],
    ["a sign-in that fails", 401, () => ops.trySignIn({ username: "nobody", password: "x" })],
    ["a form that is forged", 403, () => request(ops.url).post("/sign-in")],
    ["the sign-out", 303, async () => (await ops.signIn("viewer")).post("/sign-out")],
    ["a page that is not there", 404, async () => (await ops.signIn("viewer")).get("/nowhere")],
    ["a method that is not there", 405, () => request(ops.url).put("/sign-in").set("Origin", ops.url)],
    ["an API call without a token", 401, () => get("/ops/v1/payments")],
    ["health", 200, () => get("/healthz")],
    ["readiness", 200, () => get("/readyz")],
  ])("%s", async (_what, status, ask) => {
    const { headers, status: answered } = await ask();
    expect(answered).toBe(status);
    expect(headers).toMatchObject({
      "content-security-policy": POLICY,
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("strict-transport-security");
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("the dashboard's pages", async () => {
    const { status, headers } = await (await ops.signIn("viewer")).get("/queues/");
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers).toMatchObject({ "x-frame-options": "DENY", "cache-control": "no-store" });
  });
});

test("no page has a script or a style of its own, which the policy would refuse", async () => {
  const pages = [await request(ops.url).get("/sign-in"), await (await ops.signIn("viewer")).get("/nowhere")];
  for (const { text } of pages) {
    expect(text).not.toMatch(/<style|style=|\son\w+=|javascript:/i);
    for (const [, attributes] of text.matchAll(/<script([^>]*)>/g)) expect(attributes).toMatch(/src="\/assets\//);
  }
});

test("behind https, browsers are told to come over https for two years", async () => {
  const secure = await startTestOps({ publicUrl: "https://ops.example.com" });
  try {
    const { headers } = await request(secure.url).get("/sign-in");
    expect(headers["strict-transport-security"]).toBe("max-age=63072000");
  } finally {
    await secure.stop();
  }
});
