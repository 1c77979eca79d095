import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import request from "supertest";
import { OPERATIONS } from "./operations.ts";
import { expectProblem, pathOf, startTestApi, type TestApi } from "./test-api.ts";

const CARD = "4242424242424242";

let api: TestApi;
let auditBefore: number;
beforeAll(async () => {
  api = await startTestApi();
  auditBefore = await api.countAudit();
});
afterAll(async () => {
  // Whatever was refused below left nothing behind, in the audit log or in the log.
  expect(await api.countAudit()).toBe(auditBefore);
  expect(api.lines.filter((line) => /42424242|"status":5|"level":[45]/.test(line))).toEqual([]);
});
afterAll(() => api.stop());

const acting = OPERATIONS.filter(({ body }) => body).map((operation) => [operation.operationId, operation] as const);

describe.each(acting)("%s refuses a body", (_id, operation) => {
  const path = pathOf(operation);
  const post = (body: object | string) => api.as("admin").post(path, body);
  const example = operation.body?.example as Record<string, unknown>;
  const json = JSON.stringify(example);

  test("without a reason that can be kept", async () => {
    const { reason: _reason, ...others } = example;
    expectProblem(await post(others), "field_invalid", "reason");
    for (const reason of ["", "  \n ", "r".repeat(501), "a\0b", "\ud800", null, 7, ["x"], { $gt: "" }])
      expectProblem(await post({ ...example, reason }), "field_invalid", "reason");
  });

  test("with a field that is not known", async () => {
    expectProblem(await post({ ...example, resaon: "x" }), "field_invalid", "resaon");
    expectProblem(await post(json.replace("{", '{"__proto__":{"reason":"x"},')), "field_invalid", "__proto__");
    expectProblem(await post({ ...example, [CARD]: "x" }), "field_invalid", "[redacted]");
  });

  test("that is no JSON object, or could be read in two ways", async () => {
    for (const body of ['{"reason":"x"', "{'reason':1}", "", `{"number":"${CARD}"`])
      expectProblem(await post(body), "malformed_json");
    for (const body of ["[]", "null", '"reason"', "42"]) expectProblem(await post(body), "malformed_request");
    expectProblem(await post(json.replace("{", '{"reason":"another",')), "malformed_json");
  });

  test("that is too large, or not sent as plain JSON", async () => {
    expectProblem(await post(`${" ".repeat(16_384)}${json}`), "body_too_large");
    const send = (headers: Record<string, string>, body: string | Buffer) =>
      request(api.url)
        .post(`/ops/v1${path}`)
        .set({ Authorization: `Bearer ${api.tokens.admin}`, ...headers })
        .serialize((bytes) => bytes as unknown as string)
        .send(body);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"])
      expectProblem(await send({ "Content-Type": type }, json), "content_type_unsupported", "Content-Type");
    const zipped = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
    expectProblem(await send(zipped, gzipSync(json)), "content_type_unsupported", "Content-Encoding");
  });
});

const byId = OPERATIONS.filter(({ path }) => path.includes("{"));

describe.each(byId.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  "%s",
  (_p, operation) => {
    const call = (id?: string) => {
      const path = pathOf(operation, id);
      const caller = api.as("admin");
      return operation.method === "get" ? caller.get(path) : caller.post(path, operation.body?.example as object);
    };

    test("is 404 for what does not exist, and for what can be no id", async () => {
      expectProblem(await call(), operation.notFound);
      for (const id of [
        "1",
        "null",
        "pay_1",
        "mer_01m814esw7e00bgbyj9j5g8yxa",
        "a%00b",
        "%F0%9F%92%B3",
        "' OR 1=1 --",
        "..%2f..",
      ])
        expectProblem(await call(id), operation.notFound);
    });

    test("never repeats a card number, and refuses broken percent-encoding", async () => {
      const answer = await call(CARD);
      expectProblem(answer, operation.notFound);
      expect(answer.text).not.toContain("4242");
      expectProblem(await call("%E0%A4%A"), "malformed_request");
    });
  },
);
