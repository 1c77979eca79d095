import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import bruno from "@usebruno/lang";
import { readLiteral, valueAt } from "./evaluate.ts";

/** What is read of a request in Bruno's language. */
interface BrunoRequest {
  meta: { name: string; seq: string };
  http: { method: string; url: string };
  headers?: { name: string; value: string }[];
  auth: { bearer: { token: string } };
  body?: { json: string };
  script?: { req?: string };
  vars?: { res?: { name: string; value: string }[] };
  assertions?: { name: string; value: string }[];
}

/** The requests of a collection, in their order. */
export function readCollection(folder: string): BrunoRequest[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".bru"));
  const requests = files.map((name) => bruno.bruToJsonV2(readFileSync(join(folder, name), "utf8")) as BrunoRequest);
  return requests.sort((a, b) => Number(a.meta.seq) - Number(b.meta.seq));
}

/** The names that an environment of the collection has to have values for. */
export function readEnvironment(file: string): string[] {
  const { variables } = bruno.bruToEnvJsonV2(readFileSync(file, "utf8")) as { variables: { name: string }[] };
  return variables.map(({ name }) => name);
}

/**
 * Sends a request as Bruno does, and keeps in `variables` what it takes from the answer.
 *
 * @returns the assertions that do not hold
 */
export async function sendBruno(request: BrunoRequest, variables: Map<string, unknown>): Promise<string[]> {
  const setVar = (name: string, value: unknown) => variables.set(name, value);
  if (request.script?.req) runInNewContext(request.script.req, { bru: { setVar } });
  const fill = (text: string) =>
    text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
      if (!variables.has(name)) throw new Error(`${request.meta.name}: nothing has set ${name}`);
      return String(variables.get(name));
    });
  const headers = (request.headers ?? []).map(({ name, value }): [string, string] => [name, fill(value)]);
  const { http, auth, body } = request;
  const response = await fetch(fill(http.url), {
    method: http.method.toUpperCase(),
    headers: {
      authorization: `Bearer ${fill(auth.bearer.token)}`,
      ...(body && { "content-type": "application/json" }),
      ...Object.fromEntries(headers),
    },
    ...(body && { body: fill(body.json) }),
  });
  const text = await response.text();
  const res = {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text === "" ? undefined : JSON.parse(text),
  };
  for (const { name, value } of request.vars?.res ?? []) variables.set(name, valueAt({ res }, value));
  const assertions = request.assertions ?? [];
  return assertions
    .filter(({ name, value }) => !holds(valueAt({ res }, name), fill(value)))
    .map(({ name, value }) => `${request.meta.name}: ${name} ${value}, but it is ${valueAt({ res }, name)}`);
}

function holds(actual: unknown, assertion: string): boolean {
  const [, operator = "", operand = ""] = /^(\w+)\s*(.*)$/.exec(assertion) ?? [];
  const check = OPERATORS[operator];
  if (!check) throw new Error(`unknown operator ${operator}`);
  return check(actual, readLiteral(operand));
}

const OPERATORS: Record<string, (actual: unknown, operand: unknown) => boolean> = {
  eq: (actual, operand) => actual === operand,
  startsWith: (actual, operand) => typeof actual === "string" && actual.startsWith(String(operand)),
  isString: (actual) => typeof actual === "string",
  isBoolean: (actual) => typeof actual === "boolean",
  isDefined: (actual) => actual !== undefined,
  isUndefined: (actual) => actual === undefined,
};
