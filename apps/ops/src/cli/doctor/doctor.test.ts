import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { connectDatabase } from "@payonce/db";
import { pauseQueue, reportCharger, resumeQueue } from "@payonce/db/operations";
import { acceptOne, insertMerchant, makeDue, TEST_ACTOR } from "@payonce/db/testing";
import { PAYONCE_VERSION } from "../payonce-version.ts";
import { startTestCli, type TestCli } from "../test-cli.ts";

interface Finding {
  name: string;
  status: string;
  found: string;
  fix?: string;
}

const provider = createServer((_request, response) => response.end('{"id":"acct_test"}'));

let cli: TestCli;
let merchantId: string;
let relay: Awaited<ReturnType<typeof connectAsRelay>>;
/** Held, because a pool lets go of a connection that is idle for long. */
async function connectAsRelay() {
  const db = connectDatabase({ url: cli.env.DATABASE_URL, applicationName: "payonce-relay" });
  const client = await db.pool.connect();
  return {
    close() {
      client.release();
      return db.close();
    },
  };
}

beforeAll(async () => {
  cli = await startTestCli();
  merchantId = await insertMerchant(cli.db);
  provider.listen(0, "127.0.0.1");
  await once(provider, "listening");
  // As far as this is to be seen, a relay and a charger are at work, and there is an admin.
  relay = await connectAsRelay();
  await report();
  const args = ["operators", "add", "admin", "--role", "admin", "--generate-password", "--reason", "x"];
  await cli.run(...args);
});
afterEach(() => cli.query("DELETE FROM outbox"));
afterAll(async () => {
  provider.close();
  await relay.close();
  await cli.drop();
});

const report = (overrides = {}) =>
  reportCharger(cli.db.pool, {
    id: "c1",
    version: PAYONCE_VERSION,
    breaker: "closed",
    breakerSince: new Date(),
    startedAt: new Date(),
    ...overrides,
  });

async function examine(env: NodeJS.ProcessEnv = {}, ...args: string[]) {
  const STRIPE_API_BASE = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const known = { STRIPE_API_BASE, STRIPE_API_KEY: "sk_test_1" };
  const ran = await cli.runWith({ env: { ...known, ...env } }, "doctor", "--json", ...args);
  const { ok, checks } = ran.json<{ ok: boolean; checks: Finding[] }>();
  const of = (name: string) => checks.find((check) => check.name === name);
  return { exitCode: ran.exitCode, ok, checks, of };
}

test("finds a system that works in order, but for what servers for tests do without", async () => {
  const { checks, of } = await examine();
  const faults = checks.filter(({ status }) => status !== "ok" && status !== "info").map(({ name }) => name);
  expect(["Postgres durability", "Redis append-only file"]).toEqual(expect.arrayContaining(faults));
  expect(of("outbox")).toMatchObject({ found: "empty; a relay is connected to Postgres" });
  expect(of("provider")).toMatchObject({ found: expect.stringContaining("acct_test, test mode") });
  expect(of("operators")).toMatchObject({ found: "1 operator, 1 admin among them" });
});

describe("migrations", () => {
  const migrations = async () => (await examine()).of("migrations");

  test("that are missing are named, with the command that applies them", async () => {
    const [row] = await cli.query("DELETE FROM _prisma_migrations WHERE migration_name LIKE '%operations' RETURNING *");
    expect(await migrations()).toMatchObject({
      status: "failed",
      found: `not applied: ${row.migration_name}`,
      fix: expect.stringContaining("node packages/db/dist/migrate-main.js"),
    });
    await cli.query(
      "INSERT INTO _prisma_migrations SELECT * FROM jsonb_populate_record(NULL::_prisma_migrations, $1)",
      row,
    );
    expect(await migrations()).toMatchObject({ status: "ok" });
  });

  test("that failed, or that this version does not know, are told", async () => {
    const insert = `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, rolled_back_at)
      VALUES ($1, 'x', '20991231000000_later', $2, $3)`;
    const now = new Date();
    await cli.query(insert, "1", null, now);
    expect(await migrations()).toMatchObject({ status: "ok" });
    await cli.query(insert, "2", null, null);
    expect(await migrations()).toMatchObject({
      status: "failed",
      found: expect.stringContaining("begun and not finished"),
    });
    await cli.query("UPDATE _prisma_migrations SET finished_at = $1 WHERE id = '2'", now);
    expect(await migrations()).toMatchObject({
      status: "failed",
      found: expect.stringContaining("does not know: 2099"),
    });
    await cli.query("DELETE FROM _prisma_migrations WHERE id IN ('1', '2')");
    await cli.query("UPDATE _prisma_migrations SET checksum = upper(checksum)");
    expect(await migrations()).toMatchObject({
      status: "warning",
      found: expect.stringContaining("applied with another text"),
    });
    await cli.query("UPDATE _prisma_migrations SET checksum = lower(checksum)");
  });

  test("of a database that was never migrated are all missing, and what needs them is not looked at", async () => {
    const url = new URL(process.env.TEST_DATABASE_URL ?? "");
    const { exitCode, of } = await examine({ DATABASE_URL: url.href });
    expect(exitCode).toBe(1);
    expect(of("migrations")).toMatchObject({ status: "failed", found: expect.stringContaining("was never migrated") });
    expect(of("outbox")).toMatchObject({ status: "unchecked", found: expect.stringContaining("lacks a migration") });
    expect(of("Redis")).toMatchObject({ status: "ok" });
  });
});

describe("the outbox", () => {
  const outbox = async () => (await examine()).of("outbox");

  test("that is not emptied fails, and says what publishes", async () => {
    await acceptOne(cli.db, merchantId);
    expect(await outbox()).toMatchObject({ status: "ok", found: expect.stringContaining("1 row in it") });
    await cli.query("UPDATE outbox SET created_at = now() - interval '15 seconds'");
    expect(await outbox()).toMatchObject({ status: "warning", found: expect.stringContaining("publishing is behind") });
    await cli.query("UPDATE outbox SET created_at = now() - interval '5 minutes'");
    expect(await outbox()).toMatchObject({
      status: "failed",
      found: expect.stringContaining("the oldest for 5 min: nothing is published"),
      fix: expect.stringContaining("node apps/relay/dist/main.js"),
    });
  });

  test("without a relay is a warning, also while it is empty", async () => {
    await relay.close();
    const left = async () =>
      (
        await cli.query(
          "SELECT 1 FROM pg_stat_activity WHERE application_name = 'payonce-relay' AND datname = current_database()",
        )
      ).length;
    while ((await left()) > 0);
    expect(await outbox()).toMatchObject({
      status: "warning",
      found: "empty; no relay is connected to Postgres",
    });
    relay = await connectAsRelay();
  });
});

describe("chargers", () => {
  const chargers = async () => (await examine()).of("chargers");

  test("whose breaker is open, that are gone, or of another version, are told", async () => {
    await report({ breaker: "open" });
    expect(await chargers()).toMatchObject({
      status: "failed",
      found: expect.stringContaining("1 with an open breaker"),
    });
    await report({ breaker: "half_open" });
    expect(await chargers()).toMatchObject({ status: "warning" });
    await report();
    await report({ id: "c2", breaker: "open" });
    expect(await chargers()).toMatchObject({
      status: "warning",
      found: expect.stringContaining("2 chargers at work, 1 with"),
    });
    await report({ id: "c2", breaker: "closed" });
    expect(await chargers()).toMatchObject({ status: "ok" });
    await cli.query("UPDATE charger_reports SET version = '0.0.1' WHERE id = 'c2'");
    expect(await chargers()).toMatchObject({ status: "warning", found: expect.stringContaining("0.0.1") });
    await cli.query("UPDATE charger_reports SET reported_at = now() - interval '1 minute'");
    expect(await chargers()).toMatchObject({
      status: "failed",
      found: expect.stringContaining("payments are taken, and none is charged"),
      fix: expect.stringContaining("Start a charger"),
    });
    await cli.query("DELETE FROM charger_reports WHERE id = 'c2'");
    await report();
  });
});

test("payments that should have moved are a warning, and none behind a pause, which is told itself", async () => {
  await makeDue(cli.db, await acceptOne(cli.db, merchantId));
  const working = await examine();
  expect(working.of("overdue payments")).toMatchObject({
    status: "warning",
    found: expect.stringContaining("1 payment should have moved by now, the first 1 h ago"),
  });
  await pauseQueue(cli.db.pool, TEST_ACTOR, "charges", "the bank is down");
  const paused = await examine();
  expect(paused.of("overdue payments")).toMatchObject({ status: "info" });
  expect(paused.of("paused queues")).toMatchObject({
    status: "warning",
    found: expect.stringContaining("(the bank is down)"),
    fix: expect.stringContaining("payonce queues resume charges"),
  });
  await resumeQueue(cli.db.pool, TEST_ACTOR, "charges", "it is up");
  await cli.query("UPDATE payments SET next_action_at = now() + interval '1 hour' WHERE next_action_at < now()");
});

test("nobody who can sign in as admin is a warning, with the command that adds one", async () => {
  await cli.run("operators", "disable", "admin", "--reason", "x");
  expect((await examine()).of("operators")).toMatchObject({
    status: "warning",
    fix: expect.stringContaining("operators add"),
  });
  await cli.run("operators", "enable", "admin", "--reason", "x");
});

describe("a server that is away or hangs", () => {
  const hanging = createTcpServer();
  const sockets = new Set<{ destroy(): void }>();
  let port = 0;
  beforeAll(async () => {
    hanging.on("connection", (socket) => sockets.add(socket.on("error", () => {})));
    hanging.listen(0, "127.0.0.1");
    await once(hanging, "listening");
    port = (hanging.address() as AddressInfo).port;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    hanging.close();
  });

  test.each([
    ["away", () => "127.0.0.1:1"],
    ["hanging", () => `127.0.0.1:${port}`],
  ])("Postgres %s: says so and what to do, and looks at the rest", async (_how, at) => {
    const { exitCode, ok, of } = await examine({ DATABASE_URL: `postgresql://u:secret@${at()}/p` }, "--timeout", "1");
    expect({ exitCode, ok }).toEqual({ exitCode: 1, ok: false });
    expect(of("Postgres")).toMatchObject({
      status: "failed",
      found: expect.stringContaining("cannot be asked: "),
      fix: expect.stringContaining("Check DATABASE_URL"),
    });
    expect(JSON.stringify(of("Postgres"))).not.toContain("secret");
    for (const name of ["migrations", "outbox", "chargers", "operators", "Postgres clock"])
      expect(of(name)).toMatchObject({ status: "unchecked", found: "Postgres cannot be asked, see there" });
    expect([of("Redis")?.status, of("provider")?.status]).toEqual(["ok", "ok"]);
  });

  test.each([
    ["away", () => "127.0.0.1:1"],
    ["hanging", () => `127.0.0.1:${port}`],
  ])("Redis %s: says so and what to do, and looks at the rest", async (_how, at) => {
    const { exitCode, of } = await examine({ REDIS_URL: `redis://:secret@${at()}` }, "--timeout", "1");
    expect(exitCode).toBe(1);
    expect(of("Redis")).toMatchObject({ status: "failed", fix: expect.stringContaining("Check REDIS_URL") });
    for (const name of ["Redis eviction", "Redis append-only file", "Redis clock"])
      expect(of(name)).toMatchObject({ status: "unchecked", found: "Redis cannot be asked, see there" });
    expect([of("Postgres")?.status, of("outbox")?.status]).toEqual(["ok", "ok"]);
  });
});

test("for people, each check is a line, with what to do below it", async () => {
  const env = { STRIPE_API_BASE: "http://127.0.0.1:9", STRIPE_API_KEY: "sk_test_1" };
  const { exitCode, stdout } = await cli.runWith({ env }, "doctor");
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^ok {9}Postgres {15,}\d/m);
  expect(stdout).toMatch(/^failed {5}provider +127\.0\.0\.1:9 cannot be reached: .+\n +→ Check STRIPE_API_BASE/m);
  expect(stdout).toMatch(/\n\d failures?, \d warnings?\.\n$/);
});

test("without knowing what to look at, it cannot run", async () => {
  for (const name of ["DATABASE_URL", "REDIS_URL"]) {
    const ran = await cli.runWith({ env: { [name]: "" } }, "doctor");
    expect(ran).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining(`${name} is not set`) });
  }
});
