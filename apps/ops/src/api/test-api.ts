import { expect } from "@jest/globals";
import { insertMerchant } from "@payonce/db/testing";
import { ERROR_CATALOGUE, type ErrorCode, type Problem } from "@payonce/domain";
import { problemSchema } from "@payonce/http/openapi";
import request, { type Response } from "supertest";
import { startTestOps, type TestOpsOptions, until } from "../test-ops.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

export type TestApi = Awaited<ReturnType<typeof startTestApi>>;
type Role = "viewer" | "operator" | "admin";
type Caller = ReturnType<TestApi["as"]>;

/** The console with a merchant, called through its API. Every answer is held against its description. */
export async function startTestApi(options: TestOpsOptions = {}) {
  const ops = await startTestOps(options);
  const merchantId = await insertMerchant(ops.db);
  const [viewer, operator, admin] = [await ops.token("viewer"), await ops.token("operator"), await ops.token("admin")];
  const tokens = { viewer, operator, admin };
  const send = async (method: "get" | "post", path: string, token: string | null, body?: object | string) => {
    const call = request(ops.url)[method](`/ops/v1${path}`);
    if (token) call.set("Authorization", `Bearer ${token}`);
    if (body !== undefined) call.set("Content-Type", "application/json").send(body);
    const answer = await call;
    expectDescribed(method, `/ops/v1${path}`, answer);
    return answer;
  };
  const withToken = (token: string | null) => ({
    get: (path: string) => send("get", path, token),
    post: (path: string, body?: object | string) => send("post", path, token, body),
  });
  const as = (role: Role) => withToken(tokens[role]);
  const query = async (sql: string, ...values: unknown[]) => (await ops.db.pool.query(sql, values)).rows;

  return {
    ...ops,
    merchantId,
    tokens,
    withToken,
    as,
    query,
    /** What the audit log has of a payment, or of what else an action was about, oldest first. */
    auditOf: (target: string) =>
      query("SELECT actor, via, action, reason FROM audit_log WHERE $1 IN (payment_id, target) ORDER BY id", target),
    /** Has calls meet at a row: none is let at it before all of them wait for it. */
    async atOnce(table: string, id: string, calls: (() => Promise<Response>)[]): Promise<Response[]> {
      const client = await ops.db.pool.connect();
      try {
        await client.query("BEGIN");
        await client.query(`SELECT 1 FROM ${table} WHERE id = $1 FOR UPDATE`, [id]);
        const answers = Promise.all(calls.map((call) => call()));
        await until(async () => (await query(COUNT_WAITING))[0].count === calls.length);
        await client.query("COMMIT");
        return await answers;
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    },
    countAudit: async () => (await query("SELECT count(*)::int AS count FROM audit_log"))[0].count as number,
  };
}

const COUNT_WAITING = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;

/** Follows a list to its end, a few at a time. */
export async function readAllPages(caller: Caller, path: string, limit: number): Promise<{ id: string }[]> {
  const seen: { id: string }[] = [];
  for (let after = ""; ; ) {
    const { body } = await caller.get(`${path}${path.includes("?") ? "&" : "?"}limit=${limit}${after}`);
    seen.push(...body.data);
    // A page that was promised has something on it.
    if (after) expect(body.data.length).toBeGreaterThan(0);
    if (!body.has_more) return seen;
    expect(body.data).toHaveLength(limit);
    after = `&starting_after=${body.data.at(-1).id}`;
  }
}

/** Checks all that holds for every problem, whatever it is about. */
export function expectProblem(answer: Response, code: ErrorCode, param: string | null = null): Problem {
  const { status } = ERROR_CATALOGUE[code];
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  const problem = problemSchema.parse(JSON.parse(answer.text)) as Problem;
  expect(problem).toMatchObject({ status, code, param, type: `urn:payonce:problem:${code}` });
  expect(problem.request_id).toBe(answer.headers["request-id"]);
  // Nothing of our insides.
  expect(answer.text).not.toMatch(/\\n|\.[jt]s:\d|node_modules|\b(SELECT|INSERT|UPDATE)\b|prisma|invalid input/);
  return problem;
}

/** Fails when the OpenAPI file does not say that this call may be answered like this. */
export function expectDescribed(method: string, target: string, answer: Response): void {
  const operation = findOperation(method, target);
  if (!operation) return;
  const described = operation.answers[answer.status];
  const isProblem = answer.type === "application/problem+json";
  const what = `${method} ${operation.path} answered ${answer.status}: ${answer.text}`;
  if (described && !isProblem) {
    const { error } = described.schema.safeParse(answer.body);
    if (error) throw new Error(`${what}\nwhich is not what is described: ${error.message}`);
    expect(answer.get("Location") !== undefined).toBe(described.location !== undefined);
    return;
  }
  const { code } = problemSchema.parse(answer.body);
  if (!operation.problems.includes(code) || ERROR_CATALOGUE[code].status !== answer.status)
    throw new Error(`${what}\nwhich is not described`);
}

function findOperation(method: string, target: string): Operation | undefined {
  const path = target.split("?")[0] ?? "";
  const matches = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`).test(path);
  const candidates = OPERATIONS.filter((operation) => operation.method === method && matches(operation.path));
  // `/dead_letters/groups` before `/dead_letters/{id}`, as the routes have it.
  return candidates.find(({ path }) => !path.includes("{")) ?? candidates[0];
}

/** A path of the operation, below `/ops/v1`, about something that does not exist but might. */
export function pathOf({ path }: Operation, id?: string): string {
  const example = (prefix: string) => `${prefix}_01m814esw7e00bgbyj9j5g8yxa`;
  const prefixes: [string, string][] = [
    ["payments/", "pay"],
    ["refunds/", "ref"],
    ["webhook_endpoints/", "whe"],
    ["webhook_deliveries/", "whd"],
    ["merchants/", "mer"],
    ["bulk_runs/", "blk"],
    ["anomalies/", "ano"],
    ["operators/", "opr"],
    ["operator_tokens/", "opt"],
  ];
  const prefix = prefixes.find(([part]) => path.includes(`/${part}`))?.[1] ?? "";
  return path
    .replace("/ops/v1", "")
    .replace("{id}", id ?? example(prefix))
    .replace("{queue}", id ?? "nothing");
}

/** A Redis that nobody serves. */
export const NO_REDIS = "redis://127.0.0.1:1";
