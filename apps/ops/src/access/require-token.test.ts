import { afterEach, expect, test } from "@jest/globals";
import { disableOperator, enableOperator, listOperatorTokens, revokeOperatorToken } from "@payonce/db/operations";
import request from "supertest";
import { startTestOps, TEST_ACTOR, type TestOps, type TestOpsOptions } from "../test-ops.ts";

let ops: TestOps;
afterEach(() => ops.stop());
const start = async (options: TestOpsOptions = {}) => {
  ops = await startTestOps(options);
};

/** A call that is nowhere: 404 for whoever is let in. */
const ask = (headers: Record<string, string | string[]>) =>
  request(ops.url)
    .get("/ops/v1/nowhere")
    .set(headers as never);
const askWith = (token: string) => ask({ Authorization: `Bearer ${token}` });

test("a live token is let in, whatever case its scheme has", async () => {
  await start();
  const token = await ops.token("viewer");
  for (const scheme of ["Bearer", "bearer", "BEARER "]) {
    const answer = await ask({ Authorization: `${scheme} ${token}` });
    expect([answer.status, answer.body.code]).toEqual([404, "route_not_found"]);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  }
});

test("no token, and one that is nobody's, are told apart from each other and from nothing else", async () => {
  await start();
  const token = await ops.token("viewer");
  const missing = await ask({});
  expect([missing.status, missing.body.code, missing.body.param]).toEqual([401, "not_signed_in", "Authorization"]);
  const [{ id = "" } = {}] = await listOperatorTokens(ops.db.pool);
  for (const wrong of [
    `opt_${"A".repeat(43)}`,
    `${token}A`,
    token.slice(0, -1),
    token.toUpperCase(),
    id,
    "",
    "sk_test_x",
  ]) {
    const answer = await askWith(wrong);
    expect([answer.status, answer.body.code]).toEqual([401, "operator_token_invalid"]);
    expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
    if (wrong) expect(answer.text).not.toContain(wrong);
  }
  expect((await ask({ Authorization: `Basic ${token}` })).status).toBe(401);
  expect((await ask({ Authorization: token })).status).toBe(401);
});

test("two Authorization headers are not one", async () => {
  await start();
  const token = await ops.token("viewer");
  const answer = await ask({ Authorization: [`Bearer ${token}`, `Bearer ${token}`] });
  expect(answer.status).toBe(401);
});

test("a revoked token, and one of an operator who is disabled, are refused at once", async () => {
  await start();
  const token = await ops.token("operator");
  await disableOperator(ops.db.pool, TEST_ACTOR, "operator", "-");
  expect((await askWith(token)).status).toBe(401);
  await enableOperator(ops.db.pool, TEST_ACTOR, "operator", "-");
  expect((await askWith(token)).status).toBe(404);
  const [{ id = "" } = {}] = await listOperatorTokens(ops.db.pool);
  await revokeOperatorToken(ops.db.pool, TEST_ACTOR, id, "-");
  expect((await askWith(token)).status).toBe(401);
});

test("a session's cookie counts for nothing in the API, so no site can send anything in its name", async () => {
  await start();
  const agent = await ops.signIn("admin");
  expect((await agent.get("/ops/v1/nowhere")).status).toBe(401);
  expect((await agent.send("post", "/ops/v1/nowhere")).status).toBe(401);
});

test("a token counts for nothing in the console", async () => {
  await start();
  const token = await ops.token("admin");
  const answer = await request(ops.url).get("/nowhere").set("Authorization", `Bearer ${token}`);
  expect(answer.status).toBe(303);
});

test("a caller with a token needs no Origin", async () => {
  await start();
  const token = await ops.token("viewer");
  const answer = await request(ops.url).post("/ops/v1/nowhere").set("Authorization", `Bearer ${token}`).send({});
  expect(answer.status).toBe(404);
});

test("tokens that are nobody's are throttled by address; good ones from there, and other addresses, are not", async () => {
  await start({ trustProxyHops: 1, signInLimits: { token: 3 } });
  const token = await ops.token("viewer");
  const askFrom = (address: string, one: string) => ask({ Authorization: `Bearer ${one}`, "X-Forwarded-For": address });
  const wrong = `opt_${"A".repeat(43)}`;
  for (let n = 0; n < 3; n++) expect((await askFrom("203.0.113.1", wrong)).status).toBe(401);
  const answer = await askFrom("203.0.113.1", "nonsense");
  expect([answer.status, answer.body.code]).toEqual([429, "too_many_sign_ins"]);
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  expect((await askFrom("203.0.113.1", token)).status).toBe(404);
  expect((await askFrom("203.0.113.2", wrong)).status).toBe(401);
  // Signing in is counted apart.
  const { username } = await ops.operatorOf("viewer");
  const headers = { "X-Forwarded-For": "203.0.113.1" };
  expect((await ops.trySignIn({ username, password: "wrong", headers })).status).toBe(401);
});
