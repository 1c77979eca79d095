import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { countByPayment, readLedger } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ hasOwnPostgres: true, env: { api: { DATABASE_TIMEOUT_MS: "1000" } } });
}, 60_000);
afterAll(() => stack?.stop(), 30_000);

/** Stops a server as if its machine hung, for as long as the work takes. */
async function whileStopped(server: "redis" | "postgres", work: () => Promise<void>): Promise<void> {
  const group = server === "postgres" ? await postgresBackends() : stack.info.pids.redis;
  for (const pid of group) process.kill(pid, "SIGSTOP");
  try {
    await work();
  } finally {
    for (const pid of group) process.kill(pid, "SIGCONT");
  }
}

/** The postmaster and the processes that serve the connections. */
async function postgresBackends(): Promise<number[]> {
  const rows = await stack.query("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
  return [...stack.info.pids.postgres, ...rows.map(({ pid }) => pid as number)];
}

const expectChargedOnce = async (ids: string[]) => {
  for (const id of ids) expect(await stack.checkout.outcome(id)).toMatchObject({ status: "succeeded" });
  const charges = countByPayment(await readLedger(stack.info.simulatorUrl));
  for (const id of ids) expect([id, charges.get(id)]).toEqual([id, 1]);
};

test("payments are accepted while Redis hangs, and charged once when it is back", async () => {
  const ids: string[] = [];
  await whileStopped("redis", async () => {
    for (let i = 0; i < 10; i++) {
      const { status, body } = await stack.checkout.post({});
      expect(status).toBe(202);
      ids.push(body.id);
    }
  });
  await expectChargedOnce(ids);
}, 90_000);

test("payments are accepted while Redis restarts, and charged once when it is back", async () => {
  const [pid] = stack.info.pids.redis;
  process.kill(pid as number, "SIGKILL");
  const answers = await Promise.all(Array.from({ length: 10 }, () => stack.checkout.post({})));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
  await until("Redis is back", () => stack.info.pids.redis.some((other) => other !== pid));
  await expectChargedOnce(answers.map(({ body }) => body.id));
}, 90_000);

test("while Postgres hangs a payment is refused with 503 and told when to come back, and the same request works later", async () => {
  const key = "the-same-key";
  await whileStopped("postgres", async () => {
    const { status, body, headers } = await stack.checkout.post({}, key);
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: "database_unavailable", retryable: true });
    expect(headers.get("content-type")).toMatch("application/problem+json");
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  });
  await expectChargedOnce([await stack.checkout.pay({}, key)]);
}, 90_000);

test("every process survives a Postgres that is killed and restarted", async () => {
  const before = { ...stack.info.pids };
  const [pid] = stack.info.pids.postgres;
  process.kill(pid as number, "SIGKILL");
  await until("Postgres is back", () => stack.info.pids.postgres.some((other) => other !== pid));
  await expectChargedOnce([await stack.checkout.pay({})]);
  for (const app of ["api", "relay", "charger"] as const) expect(stack.info.pids[app]).toEqual(before[app]);
}, 90_000);
