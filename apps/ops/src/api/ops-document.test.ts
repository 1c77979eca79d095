import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ERROR_CATALOGUE } from "@payonce/domain";
import { codesByStatus, problemSchema } from "@payonce/http/openapi";
import { OPERATIONS } from "./operations.ts";
import { buildOpsDocument } from "./ops-document.ts";

const document = JSON.parse(JSON.stringify(buildOpsDocument()));
const byId = OPERATIONS.map((operation) => [operation.operationId, operation] as const);

test("the committed file is what the code says; `npm run openapi` mends it", () => {
  const file = new URL("../../openapi.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(document);
});

test("is OpenAPI 3.1 with every operation under a name of its own", () => {
  expect(document.openapi).toBe("3.1.0");
  const described = Object.values<object>(document.paths).flatMap((path) => Object.values(path));
  const names = described.map(({ operationId }) => operationId);
  expect(names.toSorted()).toEqual(OPERATIONS.map(({ operationId }) => operationId).toSorted());
  expect(new Set(names).size).toBe(names.length);
});

test("needs an operator token for everything", () => {
  expect(document.security).toEqual([{ operatorToken: [] }]);
  expect(document.components.securitySchemes.operatorToken).toMatchObject({ type: "http", scheme: "bearer" });
  expect(JSON.stringify(document.paths)).not.toContain('"security"');
});

test("leads nowhere that is not there", () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(refs.length).toBeGreaterThan(100);
  for (const ref of refs) expect(at(ref)).toEqual(expect.any(Object));
});

function at(ref: string) {
  return ref.split("/").reduce((value, key) => value?.[key], document);
}

test.each(byId)("%s: its examples are what its schemas take", (_id, { body, answers }) => {
  if (body) expect(body.schema.safeParse(body.example).error).toBeUndefined();
  for (const { schema, example } of Object.values(answers)) expect(schema.safeParse(example).error).toBeUndefined();
});

test.each(byId)("%s: says what it does, what it takes and how each thing goes wrong", (_id, operation) => {
  const described = document.paths[operation.path][operation.method];
  expect(described.summary.length).toBeGreaterThan(5);
  expect(described.description.length).toBeGreaterThan(20);
  for (const parameter of described.parameters ?? []) expect(parameter.description.length).toBeGreaterThan(5);
  const statuses = [...Object.keys(operation.answers), ...[...codesByStatus(operation.problems).keys()].map(String)];
  expect(Object.keys(described.responses).toSorted()).toEqual(statuses.toSorted());
  for (const code of operation.problems) {
    const { $ref } = described.responses[ERROR_CATALOGUE[code].status];
    const { examples, schema } = at($ref.slice(2)).content["application/problem+json"];
    expect(schema.properties.code.enum).toContain(code);
    expect(problemSchema.parse(examples[code].value).code).toBe(code);
  }
});

test.each(byId)("%s: changes nothing without a reason, and a reading call takes none", (_id, { method, body }) => {
  expect(body !== undefined).toBe(method === "post");
  if (!body) return;
  const { reason: _, ...withoutReason } = body.example as { reason?: string };
  expect(body.schema.safeParse(body.example).success).toBe(true);
  expect(body.schema.safeParse(withoutReason).error?.issues).toMatchObject([{ path: ["reason"] }]);
});
