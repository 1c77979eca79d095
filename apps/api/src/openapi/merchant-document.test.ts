import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ERROR_CATALOGUE, webhookEventSchema } from "@payonce/domain";
import { codesByStatus, hasBody, problemSchemaOf } from "@payonce/http/openapi";
import { webhooks } from "./describe-webhooks.ts";
import { buildMerchantDocument, OPERATIONS, PROBLEM_CODES } from "./merchant-document.ts";

const document = JSON.parse(JSON.stringify(buildMerchantDocument()));
const byId = OPERATIONS.map((operation) => [operation.operationId, operation] as const);

test("the committed file is what the code says; `npm run openapi` mends it", () => {
  const file = new URL("../../openapi.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(document);
});

test("leads nowhere that is not there", () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(refs.length).toBeGreaterThan(100);
  for (const ref of refs) expect(at(ref)).toEqual(expect.any(Object));
});

function at(ref: string) {
  return ref.split("/").reduce((value, key) => value?.[key], document);
}

test("says of every field and parameter what it is", () => {
  const silent = Object.entries<{ properties?: Record<string, { description?: string }> }>(document.components.schemas)
    .flatMap(([name, { properties = {} }]) => Object.entries(properties).map(([field, is]) => ({ name, field, is })))
    .filter(({ is }) => !("$ref" in is) && !("enum" in is) && (is.description ?? "").length < 3);
  expect(silent.map(({ name, field }) => `${name}.${field}`)).toEqual([]);
});

test("says nothing of operators: their problems are not merchants'", () => {
  expect(document.components.schemas.Problem.properties.code.enum).toEqual([...PROBLEM_CODES]);
  expect(PROBLEM_CODES).not.toContain("role_insufficient");
});

test.each(byId)("%s: its examples are what its schemas take", (_id, { body, params, headers, answers }) => {
  const bodies = [body?.example, ...Object.values(body?.examples ?? {}).map(({ value }) => value)];
  for (const example of bodies.filter((value) => value !== undefined))
    expect(body?.schema.safeParse(example).error).toBeUndefined();
  expect(body === undefined || bodies.length > 1 || body.example !== undefined).toBe(true);
  for (const answer of Object.values(answers))
    if (hasBody(answer)) expect(answer.schema.safeParse(answer.example).error).toBeUndefined();
  for (const input of [params, headers])
    for (const field of Object.values(input?.shape ?? {})) {
      const example = field.meta()?.example;
      if (example !== undefined) expect(field.safeParse(example).error).toBeUndefined();
    }
});

test.each(byId)("%s: says what it does, what it takes and how each thing goes wrong", (_id, operation) => {
  const described = document.paths[operation.path][operation.method];
  expect(described.summary.length).toBeGreaterThan(5);
  expect(described.description.length).toBeGreaterThan(20);
  for (const parameter of described.parameters ?? []) expect(parameter.description.length).toBeGreaterThan(3);
  const statuses = [...Object.keys(operation.answers), ...[...codesByStatus(operation.problems).keys()].map(String)];
  expect(Object.keys(described.responses).toSorted()).toEqual(statuses.toSorted());
});

test.each(byId)("%s: shows each problem as it is answered", (_id, operation) => {
  const described = document.paths[operation.path][operation.method];
  for (const code of operation.problems) {
    const { status } = ERROR_CATALOGUE[code];
    const { $ref } = described.responses[status];
    const { content, headers } = at($ref.slice(2));
    const { examples, schema } = content["application/problem+json"];
    expect(schema.properties.code.enum).toContain(code);
    expect(problemSchemaOf(PROBLEM_CODES).parse(examples[code].value)).toMatchObject({ code, status });
    expect(headers["Request-Id"]).toBeDefined();
  }
});

test("shows every webhook as it is sent", () => {
  expect(Object.keys(document.webhooks).toSorted()).toEqual(webhooks.map(({ path }) => path).toSorted());
  for (const { path, body } of webhooks) expect(webhookEventSchema.parse(body?.example).type).toBe(path);
});
