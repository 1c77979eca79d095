import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import {
  addMerchant,
  expectProblem,
  moveTo,
  startTestApi,
  type TestApi,
  type TestApiOptions,
  until,
  VALID,
} from "./test-api.ts";

const NOBODY_LISTENS = "127.0.0.1:1";
const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: TestApiOptions): Promise<TestApi> {
  const api = await startTestApi(options);
  closers.push(api.stop);
  return api;
}

/** A server that takes connections and then says nothing, as a stopped one does. */
async function startHanging(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each([
  ["is away", async () => NOBODY_LISTENS],
  ["hangs", startHanging],
])("while Postgres %s", (_what, startBroken) => {
  const startApi = async () =>
    start({ databaseUrl: `postgresql://u:p4ssw0rd@${await startBroken()}/x`, databaseTimeoutMs: 300 });

  test("every call is answered 503 in time, and may be sent again", async () => {
    const api = await startApi();
    const begin = performance.now();
    for (const answer of await Promise.all([
      api.post(),
      api.get("/v1/payments"),
      api.get("/v1/payments/pay_1?wait=60"),
    ])) {
      const problem = expectProblem(answer, 503, "database_unavailable");
      expect(problem.retryable).toBe(true);
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.text).not.toMatch(/p4ssw0rd|127\.0\.0\.1|ECONN/);
    }
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  test("what needs no database is answered as ever", async () => {
    const api = await startApi();
    expectProblem(await api.get("/v1/payments", { authorization: "Basic x" }), 401, "api_key_invalid", "Authorization");
    expectProblem(await api.get("/nowhere"), 404, "route_not_found");
  });

  test("the process lives, and says that it is not ready", async () => {
    const api = await startApi();
    expect((await api.get("/healthz")).status).toBe(200);
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.get("/readyz")));
    for (const { status, body } of answers) {
      expect(status).toBe(503);
      expect(body).toMatchObject({ status: "not_ready", postgres: "away" });
    }
  });

  test("a hundred requests at once are all answered, and leave nothing behind", async () => {
    const api = await startApi();
    const answers = await Promise.all(Array.from({ length: 100 }, () => api.post()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    const gauge = api.registry.getSingleMetric("payonce_http_requests_in_flight");
    await until(async () => (await gauge?.get())?.values[0]?.value === 0);
    expect(api.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});

test("when Postgres ends the connections, the next request is answered", async () => {
  const api = await start({});
  await api.post();
  await api.db.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  const key = { "Idempotency-Key": "key-1" };
  let answer = await api.post(VALID, key);
  // The first ones may meet a connection that has just died; that is what sending again is for.
  for (let tries = 1; answer.status === 503 && tries < 5; tries++) answer = await api.post(VALID, key);
  expect(answer.status).toBe(202);
});

test("a row that another transaction holds is answered 503, not waited for without end", async () => {
  const api = await start({});
  const blocker = await api.db.pool.connect();
  try {
    await blocker.query("BEGIN");
    await blocker.query("LOCK TABLE payments IN ACCESS EXCLUSIVE MODE");
    const problem = expectProblem(await api.post(), 503, "busy");
    expect(problem.retryable).toBe(true);
    await blocker.query("ROLLBACK");
  } finally {
    blocker.release();
  }
  expect((await api.post()).status).toBe(202);
});

describe.each([
  ["is away", async () => NOBODY_LISTENS],
  ["hangs", startHanging],
])("while Redis %s", (_what, startBroken) => {
  const startApi = async () => start({ redisUrl: `redis://${await startBroken()}` });

  test("payments are taken, and it is ready for more", async () => {
    const api = await startApi();
    expect((await api.post()).status).toBe(202);
    const { status, body } = await api.get("/readyz");
    expect([status, body]).toEqual([200, { status: "ready", postgres: "ok", redis: "away" }]);
  });

  test("a client that waits is answered all the same, a second later at most", async () => {
    const api = await startApi();
    const { id } = (await api.post()).body;
    const answer = api.get(`/v1/payments/${id}?wait=60`).then((one) => one);
    await until(() => api.waiters.count() === 1);
    const begin = performance.now();
    await moveTo(api.db, id, "succeeded");
    expect((await answer).body.status).toBe("succeeded");
    expect(performance.now() - begin).toBeLessThan(3_000);
  });
});

test("another merchant's wait is not told of a payment even when it guesses the id", async () => {
  const api = await start({});
  const { authorization } = await addMerchant(api.db);
  const { id } = (await api.post()).body;
  expectProblem(await api.get(`/v1/payments/${id}?wait=60`, { authorization }), 404, "payment_not_found");
  expect(api.waiters.count()).toBe(0);
});
