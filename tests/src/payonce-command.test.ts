import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { repositoryRoot } from "@payonce/stack";
import { Redis } from "ioredis";
import { startDurablePostgres } from "./durable-postgres.ts";
import { countByPayment, readLedger } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const LAUNCHER = join(repositoryRoot, "apps/ops/bin/payonce.js");

let home: string;
let postgres: Awaited<ReturnType<typeof startDurablePostgres>>;
let stack: TestStack;
let redis: Redis;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "payonce-command-"));
  postgres = await startDurablePostgres();
  stack = await startTestStack({ home, databaseUrl: postgres.url, counts: { ops: 1 } });
  redis = new Redis(stack.info.redisUrl);
}, 90_000);
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
  await postgres?.stop();
  rmSync(home, { recursive: true, force: true });
}, 30_000);

/** As an operator beside `npm start`: all that the command is told is where the stack is. */
function start(args: readonly string[], command = [process.execPath, LAUNCHER]) {
  const { DATABASE_URL, REDIS_URL, STRIPE_API_KEY, STRIPE_API_BASE, ...env } = process.env;
  const [file = "", ...rest] = command;
  const child = spawn(file, [...rest, ...args], { env: { ...env, PAYONCE_HOME: home } });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    said.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said.stderr += text;
  });
  const ended = once(child, "close").then(([exitCode]) => ({ exitCode: exitCode as number | null, ...said }));
  return { child, said, ended };
}
const run = (...args: string[]) => start(args).ended;

/** Dead letters that nobody charges while they are made. */
async function deadLetter(count: number): Promise<string[]> {
  await run("queues", "pause", "charges", "--reason", "for a test");
  const ids = await Promise.all(Array.from({ length: count }, () => stack.checkout.pay({})));
  await stack.query(
    `UPDATE payments SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL,
     version = version + 1, tries = 8 WHERE id = ANY ($1)`,
    [ids],
  );
  await run("queues", "resume", "charges", "--reason", "for a test");
  return ids;
}

describe("payonce doctor", () => {
  afterEach(async () => {
    await redis.config("SET", "maxmemory-policy", "noeviction");
    await redis.config("SET", "appendonly", "yes");
  });

  test("finds a system that runs in order, and ends with 0", async () => {
    const found = await run("doctor");
    expect(found).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringContaining("\nAll is well.\n") });
    expect(found.stdout).toMatch(/^ok +Postgres durability +fsync on/m);
    expect(found.stdout).toMatch(/^ok +provider +127\.0\.0\.1:\d+ takes the key: acct_/m);
  });

  test("finds a Redis that forgets jobs, says how to mend it, and ends with 1", async () => {
    await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    await redis.config("SET", "appendonly", "no");
    const found = await run("doctor", "--json");
    expect(found.exitCode).toBe(1);
    const { ok, checks } = JSON.parse(found.stdout);
    expect(ok).toBe(false);
    expect(checks).toContainEqual({
      name: "Redis eviction",
      status: "failed",
      found: expect.stringContaining("allkeys-lru"),
      fix: expect.stringContaining("Set maxmemory-policy noeviction"),
    });
    expect(checks).toContainEqual({
      name: "Redis append-only file",
      status: "failed",
      found: expect.stringContaining("there is none"),
      fix: expect.stringContaining("Set appendonly yes"),
    });
  });
});

test("many dead letters are counted, retried in the background, left by Ctrl-C, and each charged once", async () => {
  const ids = await deadLetter(60);
  const counted = await run("dead-letters", "retry", "--cause", "attempts_spent", "--json");
  expect(JSON.parse(counted.stdout)).toMatchObject({ dry_run: true, count: 60, outcome_unknown: 0 });

  const args = [
    "--cause",
    "attempts_spent",
    "--no-dry-run",
    "--expect",
    "60",
    "--rate",
    "20",
    "--reason",
    "it is over",
  ];
  const retry = start(["dead-letters", "retry", ...args]);
  await until("it is started", () => retry.said.stderr.includes("is started"));
  await until(
    "some are retried",
    async () => (await stack.query("SELECT 1 FROM bulk_run_items WHERE result IS NOT NULL")).length,
  );
  retry.child.kill("SIGINT");
  const left = await retry.ended;
  expect(left).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ is running: \d+ of 60 payments retried/) });
  expect(left.stderr).toContain("payonce dead-letters abort blk_");
  const runId = /blk_\w{26}/.exec(left.stdout)?.[0] ?? "";

  const followed = await run("dead-letters", "follow", runId);
  // An ops app is at work: this command did nothing but watch.
  expect(followed).toEqual({ exitCode: 0, stdout: `${runId} is finished: 60 of 60 payments retried.\n`, stderr: "" });
  for (const id of ids) expect(await stack.checkout.outcome(id)).toMatchObject({ status: "succeeded" });
  const charges = countByPayment(await readLedger(stack.info.simulatorUrl));
  expect(ids.map((id) => charges.get(id))).toEqual(ids.map(() => 1));
});

test("reconcile is the command that it is: its arguments, its report, its exit code", async () => {
  const found = await run("reconcile", "--json");
  expect(found.exitCode).toBe(0);
  expect(JSON.parse(found.stdout)).toMatchObject({ healing: 0, anomalies: 0, findings: [] });
  expect(await run("reconcile", "--form", "2026-11-01")).toMatchObject({ exitCode: 2, stdout: "" });
  const help = await run("reconcile", "--help");
  expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("npm run reconcile -- [--from") });
});

test("whoever reads no further is told nothing", async () => {
  const [{ id: merchantId }] = (await stack.query("SELECT id FROM merchants")) as [{ id: string }];
  await stack.query(
    `INSERT INTO payments (id, merchant_id, idempotency_key, request_hash, amount_minor, currency, payment_method, status, next_action_at)
     SELECT 'pay_0' || lpad(n::text, 25, '0'), $1, 'bulk-' || n, decode(repeat('00', 32), 'hex'), 100, 'eur', 'pm_card_visa', 'canceled', NULL
     FROM generate_series(1, 1000) n`,
    [merchantId],
  );
  // More than a pipe holds, so that the rest of it finds nobody.
  const command = `{ "$0" "$1" payments list --limit 1000 --json; echo "ended with $?" >&2; } | head -c 100`;
  const { ended } = start([], ["/bin/sh", "-c", command, process.execPath, LAUNCHER]);
  expect(await ended).toEqual({
    exitCode: 0,
    stdout: expect.stringContaining('"object": "list"'),
    stderr: "ended with 0\n",
  });
});

test("a command that is refused ends with 1, one that is written wrong with 2", async () => {
  const nobody = "pay_01m814esw7e00bgbyj9j5g8yxa";
  const refused = await run("payments", "show", nobody, "--json");
  expect({ ...refused, stdout: JSON.parse(refused.stdout).code }).toEqual({
    exitCode: 1,
    stdout: "payment_not_found",
    stderr: "There is no such payment: There is no payment with this id.\n",
  });
  expect(await run("payments", "show")).toMatchObject({ exitCode: 2, stdout: "" });
});
