import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { deadLetterOne } from "@payonce/db/testing";
import { OPERATIONS } from "./operations.ts";
import { expectProblem, NO_REDIS, pathOf, startTestApi, type TestApi } from "./test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ redisUrl: NO_REDIS });
});
afterAll(() => api.stop());

const reason = "the bank is back";

test("with Redis away a dead letter is retried all the same, and its job will follow", async () => {
  const id = await deadLetterOne(api.db, api.merchantId);
  expect((await api.as("operator").post(`/payments/${id}/retry`, { reason })).status).toBe(200);
  const rows = await api.query("SELECT kind FROM outbox WHERE payment_id = $1", id);
  expect(rows).toContainEqual({ kind: "dispatch" });
});

test("with Redis away everything can be looked at; only the jobs are not counted", async () => {
  for (const operation of OPERATIONS.filter(({ method, path }) => method === "get" && !path.includes("{")))
    expect([operation.path, (await api.as("admin").get(pathOf(operation))).status]).toEqual([operation.path, 200]);
  const { body } = await api.as("viewer").get("/queues");
  expect(body.data).toMatchObject([{ name: "charges", jobs: null }, ...Array(4).fill({ jobs: null })]);
});

test("with Redis away a queue is paused and resumed", async () => {
  for (const action of ["pause", "resume"])
    expect((await api.as("operator").post(`/queues/charges/${action}`, { reason })).body.changed).toBe(true);
});

test("while somebody holds a payment for long, an action is told to come back, and has done nothing", async () => {
  const id = await deadLetterOne(api.db, api.merchantId);
  const client = await api.db.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT 1 FROM payments WHERE id = $1 FOR UPDATE", [id]);
    const answer = await api.as("operator").post(`/payments/${id}/retry`, { reason });
    expectProblem(answer, "busy");
    expect(answer.headers["retry-after"]).toBe("1");
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
  expect(await api.auditOf(id)).toEqual([]);
  expect((await api.as("operator").post(`/payments/${id}/retry`, { reason })).status).toBe(200);
});
