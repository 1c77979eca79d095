import { describe, expect, test } from "@jest/globals";
import request from "supertest";
import { PASSWORD, startTestOps, type TestOpsOptions } from "../test-ops.ts";

async function collectCookies(options: TestOpsOptions) {
  const ops = await startTestOps(options);
  try {
    const { username } = await ops.operatorOf("viewer");
    const form = await request(ops.url).get("/sign-in");
    const signedIn = await ops.trySignIn({ username, password: PASSWORD });
    const agent = ops.agentOf(await ops.operatorOf("viewer"), signedIn);
    const isIn = (await agent.get("/nowhere")).status === 404;
    const signedOut = await agent.post("/sign-out");
    const lines = [form, signedIn, signedOut].flatMap(({ headers }) => headers["set-cookie"] ?? []) as string[];
    return { isIn, signedOut, cookies: lines.map((line) => line.split(/; ?/)) };
  } finally {
    await ops.stop();
  }
}

describe("behind https", () => {
  test("every cookie is bound to this very host, to https, and to our own pages, and no script sees it", async () => {
    const { isIn, signedOut, cookies } = await collectCookies({ publicUrl: "https://ops.example.com" });
    expect(isIn).toBe(true);
    expect(signedOut.status).toBe(303);
    expect(cookies.length).toBeGreaterThanOrEqual(4);
    for (const [value, ...attributes] of cookies) {
      expect(value).toMatch(/^__Host-payonce_ops/);
      expect(attributes).toEqual(expect.arrayContaining(["Path=/", "HttpOnly", "Secure", "SameSite=Strict"]));
      expect(attributes.join()).not.toMatch(/domain/i);
    }
  });

  test("a cookie that a neighbour under the same domain could plant is not read", async () => {
    const ops = await startTestOps({ publicUrl: "https://ops.example.com" });
    try {
      const agent = await ops.signIn("viewer");
      const planted = agent.cookie.replace("__Host-", "");
      expect((await agent.get("/nowhere", { Cookie: planted })).status).toBe(303);
    } finally {
      await ops.stop();
    }
  });
});

test("over plain http on one's own machine the cookies have plain names, and all protection but Secure", async () => {
  const { isIn, cookies } = await collectCookies({});
  expect(isIn).toBe(true);
  for (const [value, ...attributes] of cookies) {
    expect(value).toMatch(/^payonce_ops/);
    expect(attributes).toEqual(expect.arrayContaining(["Path=/", "HttpOnly", "SameSite=Strict"]));
    expect(attributes).not.toContain("Secure");
  }
});

test("the session's cookie ends with the browser", async () => {
  const { cookies } = await collectCookies({});
  const session = cookies.find(([value]) => /^payonce_ops=./.test(value ?? ""));
  expect(session?.join()).not.toMatch(/max-age|expires/i);
});
