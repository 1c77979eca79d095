import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createLogger } from "@payonce/service";
import express from "express";
import request from "supertest";
import { type Agent, startTestOps, type TestOps } from "../test-ops.ts";
import { dashboardRoutes } from "./mount-dashboard.ts";
import { createReadOnlyBoard } from "./read-only-board.ts";
import { SHOWN_QUEUES } from "./shown-queues.ts";
import { BULL_BOARD_ROUTES, pathOf } from "./test-bull-board-routes.ts";
import { fillQueues, snapshot } from "./test-queues.ts";

let ops: TestOps;
let admin: Agent;
let jobs: Awaited<ReturnType<typeof fillQueues>>;

beforeAll(async () => {
  ops = await startTestOps();
  admin = await ops.signIn("admin");
  jobs = await fillQueues(ops.prefix);
});
afterAll(async () => {
  await jobs?.close();
  await ops?.stop();
});

const WRITING = BULL_BOARD_ROUTES.filter(({ method }) => method !== "get");
const READING = BULL_BOARD_ROUTES.filter(({ method }) => method === "get");

/** What would do damage, whichever of the routes took it. */
const BODY = {
  jobData: { paymentId: "pay_other", dispatch: 0 },
  name: "charge-payment",
  data: { paymentId: "pay_other", dispatch: 0 },
  options: {},
  force: true,
  concurrency: 1,
  max: 1,
  duration: 1_000,
  runAt: 1,
  priority: 1,
};

type Method = "post" | "put" | "patch" | "delete";

describe("writing", () => {
  test("is refused at every route with which this bull-board writes, also to an admin, and changes no job", async () => {
    // A look at the table itself: were it empty, nothing would be tested.
    expect(WRITING.map(({ route }) => route)).toEqual(
      expect.arrayContaining(["/api/queues/:queueName/add", "/api/queues/:queueName/:jobId/update-data"]),
    );
    const before = await snapshot(ops.redis, ops.prefix);
    const answers = [];
    for (const { id } of [jobs.waiting, jobs.delayed, jobs.failed])
      for (const route of WRITING) {
        const path = `/queues${pathOf(route, "charges", id)}`;
        const { status, headers, body } = await admin.send(route.method as Method, path).send(BODY);
        answers.push({ path, status, allow: headers.allow, code: body.code });
      }
    const expected = { status: 405, allow: "GET, HEAD", code: "method_not_allowed" };
    expect(answers).toEqual(answers.map(({ path }) => ({ path, ...expected })));
    expect(await snapshot(ops.redis, ops.prefix)).toEqual(before);
  });

  test.each(["post", "put", "patch", "delete", "options"] as const)("%s is refused at every path", async (method) => {
    for (const path of ["/queues", "/queues/", "/queues/api/queues", "/queues/static/favicon.ico", "/queues/nothing"])
      expect(await admin.send(method, path)).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  });

  test("a method named in a header or in the query is not obeyed", async () => {
    const before = await snapshot(ops.redis, ops.prefix);
    const path = `/queues/api/queues/charges/${jobs.failed.id}/retry`;
    await admin.send("get", `${path}?_method=PUT`, { "X-HTTP-Method-Override": "PUT" }).expect(404);
    expect(await snapshot(ops.redis, ops.prefix)).toEqual(before);
  });

  test("has no route behind the guard either", async () => {
    const before = await snapshot(ops.redis, ops.prefix);
    const { app } = createReadOnlyBoard({ ...ops, basePath: "", queues: SHOWN_QUEUES });
    const bare = request(express().use(app));
    for (const route of WRITING) {
      const path = pathOf(route, "charges", jobs.failed.id);
      const { status } = await bare[route.method as Method](path).send(BODY);
      expect({ path, status }).toEqual({ path, status: 404 });
    }
    expect(await snapshot(ops.redis, ops.prefix)).toEqual(before);
  });

  test("is not offered by the user interface", async () => {
    const { body } = await admin.get("/queues/api/queues").expect(200);
    expect(body.queues).toHaveLength(SHOWN_QUEUES.length);
    for (const queue of body.queues) expect(queue).toMatchObject({ readOnlyMode: true, allowRetries: false });
  });
});

/** Reviewed: they read no more than jobs and their counts. */
const OPEN = new Set([
  "/",
  "/queue/:queueName",
  "/queue/:queueName/:jobId",
  "/api/queues",
  "/api/queues/:queueName/default-job-options",
  "/api/queues/:queueName/rate-limit",
  "/api/queues/:queueName/:jobId",
  "/api/queues/:queueName/:jobId/logs",
  "/api/queues/:queueName/:jobId/flow",
]);

describe("reading", () => {
  test("is possible at the routes that were reviewed, and at no other that this bull-board has", async () => {
    const answers = [];
    for (const route of READING) {
      const { status } = await admin.get(`/queues${pathOf(route, "charges", jobs.failed.id)}`);
      answers.push({ route: route.route, status });
    }
    expect(answers).toEqual(READING.map(({ route }) => ({ route, status: OPEN.has(route) ? 200 : 404 })));
    expect(READING.map(({ route }) => route)).toEqual(expect.arrayContaining([...OPEN]));
  });

  test("a route that is closed has no handler behind the guard either", async () => {
    const { app } = createReadOnlyBoard({ ...ops, basePath: "", queues: SHOWN_QUEUES });
    const bare = request(express().use(app));
    await bare.get("/api/redis/stats").expect(404);
    await bare.get("/api/job-schedulers").expect(404);
    await bare.get("/metrics-history").expect(404);
  });

  test("tells nothing about the Redis server and its clients", async () => {
    await admin.get("/queues/api/redis/stats").expect(404);
    const info = await ops.redis.info();
    const secrets = ["redis_version", "run_id", "executable"].map(
      (name) => new RegExp(`${name}:(\\S+)`).exec(info)?.[1],
    );
    expect(secrets[0]).toMatch(/^\d+\.\d+/);
    for (const route of READING) {
      const { text } = await admin.get(`/queues${pathOf(route, "charges", jobs.failed.id)}`);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });

  test("writes nothing, not even into queues that are not there yet", async () => {
    const before = await snapshot(ops.redis, ops.prefix);
    for (const route of READING) await admin.get(`/queues${pathOf(route, "charges", jobs.failed.id)}`);
    expect(await snapshot(ops.redis, ops.prefix)).toEqual(before);

    const empty = { redis: ops.redis, prefix: `${ops.prefix}-empty`, logger: createLogger("ops", "silent") };
    const alone = request(express().use(dashboardRoutes(empty)));
    const { body } = await alone.get("/queues/api/queues?activeQueue=charges").expect(200);
    expect(body.queues.map(({ name }: { name: string }) => name)).toEqual(SHOWN_QUEUES.map(({ name }) => name));
    expect(await snapshot(ops.redis, empty.prefix)).toEqual({});
  });

  test("HEAD is answered like GET, without a body", async () => {
    const answer = await request(ops.url).head("/queues/api/queues").set({ Cookie: admin.cookie });
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json; charset=utf-8" } });
    expect(answer.text).toBeUndefined();
  });

  test("/queues leads to the dashboard", async () => {
    expect(await admin.get("/queues")).toMatchObject({ status: 302, headers: { location: "/queues/" } });
    expect(await admin.get("/queues?x=1")).toMatchObject({ status: 302, headers: { location: "/queues/" } });
  });

  test("what the query asks for beyond reason is brought back to it", async () => {
    const list = async (query: string) => (await admin.get(`/queues/api/queues?${query}`).expect(200)).body.queues[0];
    expect((await list("activeQueue=charges&status=waiting&jobsPerPage=1000000")).pagination.range).toEqual({
      start: 0,
      end: 9,
    });
    expect((await list("activeQueue=charges&status=waiting&jobsPerPage=50&page=2")).pagination.range.start).toBe(50);
    expect((await list("activeQueue=%25")).jobs).toEqual([]);
    expect((await list("activeQueue=charges&status=failed&status[]=x")).jobs).toHaveLength(1);
  });
});
