import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import request from "supertest";
import { addTestOperator } from "../test-ops.ts";
import { OPERATIONS } from "./operations.ts";
import { expectDescribed, expectProblem, pathOf, startTestApi, type TestApi } from "./test-api.ts";

let api: TestApi;
let auditBefore: number;
beforeAll(async () => {
  api = await startTestApi({ signInLimits: { token: 10_000 } });
  auditBefore = await api.countAudit();
});
afterAll(async () => {
  expect(await api.countAudit()).toBe(auditBefore);
});
afterAll(() => api.stop());

const operations = OPERATIONS.map((operation) => [operation.operationId, operation] as const);
const acting = operations.filter(([, { role }]) => role !== "viewer");
const forAdmins = operations.filter(([, { role }]) => role === "admin");
const call = (operation: (typeof OPERATIONS)[number], token: string | null) => {
  const caller = api.withToken(token);
  const path = pathOf(operation);
  return operation.method === "get" ? caller.get(path) : caller.post(path, operation.body?.example as object);
};

describe("a call", () => {
  test.each(operations)("%s needs a token", async (_id, operation) => {
    const answer = await call(operation, null);
    expectProblem(answer, "not_signed_in", "Authorization");
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="payonce"');
  });

  test.each(operations)("%s is not for a token that is nobody's", async (_id, operation) => {
    for (const token of ["opt_x", `${api.tokens.admin.slice(0, -1)}~`, api.tokens.admin.toUpperCase()])
      expectProblem(await call(operation, token), "operator_token_invalid", "Authorization");
  });

  test.each(acting)("%s is not for a viewer, and its body is not looked at", async (_id, operation) => {
    expectProblem(await call(operation, api.tokens.viewer), "role_insufficient");
    if (operation.method === "post")
      expectProblem(await api.as("viewer").post(pathOf(operation), "{"), "role_insufficient");
  });

  test.each(forAdmins)("%s is not for an operator either", async (_id, operation) => {
    expectProblem(await call(operation, api.tokens.operator), "role_insufficient");
  });

  test.each(operations)("%s takes no query parameter that it does not know", async (_id, operation) => {
    const path = `${pathOf(operation)}?offset=10`;
    const caller = api.as("admin");
    const answer = await (operation.method === "get"
      ? caller.get(path)
      : caller.post(path, operation.body?.example as object));
    expectProblem(answer, "parameter_invalid", "offset");
  });
});

test("whoever signed in at the console has no token by that, so no other site can act in their name", async () => {
  const agent = await api.signIn("admin");
  const answer = await agent.get("/ops/v1/me");
  expectProblem(answer, "not_signed_in", "Authorization");
});

test("a token that was revoked, or whose operator is disabled, is worth nothing from then on", async () => {
  for (const sql of [
    "UPDATE operator_tokens SET revoked_at = now() WHERE operator_id = $1",
    "UPDATE operators SET disabled_at = now() WHERE id = $1",
  ]) {
    const { id, token } = await newToken();
    expect((await api.withToken(token).get("/me")).status).toBe(200);
    await api.query(sql, id);
    expectProblem(await api.withToken(token).get("/me"), "operator_token_invalid", "Authorization");
  }
});

test("a role that was taken away is gone at once", async () => {
  const { id, token } = await newToken();
  await api.query("UPDATE operators SET role = 'viewer' WHERE id = $1", id);
  expectProblem(await api.withToken(token).post("/queues/charges/pause", { reason: "x" }), "role_insufficient");
});

test("somebody who guesses tokens is told to wait, and how long", async () => {
  const other = await startTestApi({ signInLimits: { token: 2 } });
  try {
    const guess = () => other.withToken(`opt_${"x".repeat(43)}`).get("/me");
    for (let i = 0; i < 2; i++) expectProblem(await guess(), "operator_token_invalid", "Authorization");
    const answer = await guess();
    expectProblem(answer, "too_many_sign_ins");
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  } finally {
    await other.stop();
  }
});

describe("a method", () => {
  test.each([...new Set(OPERATIONS.map(({ path }) => path))])("that %s does not take is 405", async (path) => {
    const here = OPERATIONS.filter((operation) => operation.path === path);
    const allow = here.flatMap(({ method }) => (method === "get" ? ["GET", "HEAD"] : ["POST"]));
    for (const method of ["get", "head", "post", "put", "patch", "delete", "options"] as const) {
      if (allow.includes(method.toUpperCase())) continue;
      const answer = await request(api.url)
        [method](`/ops/v1${pathOf(here[0] as (typeof OPERATIONS)[number])}`)
        .set("Authorization", `Bearer ${api.tokens.admin}`);
      expect([method, answer.status, answer.headers.allow]).toEqual([method, 405, allow.join(", ")]);
    }
  });

  test("HEAD is answered like GET, without a body", async () => {
    const answer = await request(api.url).head("/ops/v1/me").set("Authorization", `Bearer ${api.tokens.viewer}`);
    expect([answer.status, answer.type, answer.text]).toEqual([200, "application/json", undefined]);
  });
});

test.each([
  "/ops/v1",
  "/ops/v1/",
  "/ops/v1/nothing",
  "/OPS/V1/me",
  "/ops/v1/Me",
  "/ops/v1/payments/a/b/c",
  "/ops/v1//me",
])("a path that leads nowhere is a problem, and no page: %s", async (path) => {
  const answer = await request(api.url).get(path).set("Authorization", `Bearer ${api.tokens.viewer}`);
  expectProblem(answer, "route_not_found");
});

test("everybody can read the description, by GET alone", async () => {
  const answer = await request(api.url).get("/ops/v1/openapi.json");
  expect([answer.status, answer.type, answer.body.openapi]).toEqual([200, "application/json", "3.1.0"]);
  const post = await request(api.url).post("/ops/v1/openapi.json").send({});
  expectProblem(post, "method_not_allowed");
  expect(post.headers.allow).toBe("GET, HEAD");
});

test("answers are kept by nobody in between", async () => {
  expect((await api.as("viewer").get("/me")).headers["cache-control"]).toBe("no-store");
});

test("an answer that is not described is noticed", async () => {
  const answer = await api.as("viewer").get("/me");
  expect(() => expectDescribed("get", "/ops/v1/overview", answer)).toThrow("not what is described");
  expect(() => expectDescribed("get", "/ops/v1/me", Object.assign(answer, { status: 201 }))).toThrow();
});

let made = 0;
async function newToken() {
  made += 1;
  const { id, username } = await addTestOperator(api.db, "operator", `somebody-${made}`);
  const { body } = await api.as("admin").post(`/operators/${id}/tokens`, { reason: "for a test" });
  auditBefore += 2;
  return { id, username, token: body.token as string };
}
