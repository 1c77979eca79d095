import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { acceptPayments, connectDatabase, type Database } from "@payonce/db";
import { pauseQueue, resumeQueue } from "@payonce/db/operations";
import { acceptRequest, TEST_ACTOR } from "@payonce/db/testing";
import { CHARGES_QUEUE } from "@payonce/domain";
import { howMany } from "./how-many.ts";
import { countByPayment, readLedger, setProviderMode } from "./ledger.ts";
import { runCli } from "./run-cli.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const DEAD_LETTERS = howMany({ short: 300, long: 5_000 });
/** Of those, the ones that were charged, with nobody here knowing it. */
const CHARGED_UNKNOWN = 25;
const RATE_PER_SECOND = DEAD_LETTERS / 10;

let stack: TestStack;
let db: Database;
let token: string;
beforeAll(async () => {
  stack = await startTestStack({
    counts: { ops: 1 },
    env: {
      charger: { RETRY_WAITS_MS: "2000,100", BREAKER_FAILURES: "10000", CHARGER_CONCURRENCY: "40" },
      // A hint would find the charges out before the attempts are spent.
      simulator: { SIMULATOR_WEBHOOK_URL: "" },
    },
  });
  db = connectDatabase({ url: stack.info.databaseUrl, applicationName: "test", statementTimeoutMs: 30_000 });
  const made = await runCli(stack.info, "operators", "token", "admin", "--reason", "for a test", "--json");
  token = JSON.parse(made.stdout).token;
}, 90_000);
afterAll(async () => {
  await db?.close();
  await stack?.stop();
}, 30_000);

const ops = async (path: string, body?: object) => {
  const response = await fetch(`${stack.info.opsUrl}/ops/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    signal: AbortSignal.timeout(10_000),
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
};

/** Charged by the provider, which then answered nothing but errors until the attempts were spent. */
async function chargedWithoutOurKnowing() {
  const tokens = Array.from({ length: CHARGED_UNKNOWN }, () => "pm_sim_500_charged");
  const ids = await Promise.all(tokens.map((payment_method) => stack.checkout.pay({ payment_method })));
  await until("all are unknown", async () => {
    const unknown = "SELECT 1 FROM payments WHERE status = 'unknown' AND id = ANY($1)";
    return (await stack.query(unknown, [ids])).length === CHARGED_UNKNOWN;
  });
  await setProviderMode(stack.info.simulatorUrl, "down");
  for (const id of ids) expect(await stack.checkout.outcome(id)).toMatchObject({ status: "dead_lettered" });
  await setProviderMode(stack.info.simulatorUrl, "up");
  // What a retry repeats is a new request to the provider from here on.
  await fetch(`${stack.info.simulatorUrl}/_sim/prune-keys`, { method: "POST" });
}

/** Accepted and then given up, as after a long outage; nobody charges them meanwhile. */
async function deadLetter(count: number) {
  const [{ id: merchantId }] = (await stack.query("SELECT id FROM merchants")) as [{ id: string }];
  await pauseQueue(db.pool, TEST_ACTOR, CHARGES_QUEUE, "an outage");
  for (let left = count; left > 0; left -= 500) {
    const requests = Array.from({ length: Math.min(left, 500) }, () => acceptRequest(merchantId));
    await acceptPayments(db, requests);
  }
  await stack.query(`UPDATE payments SET status = 'dead_lettered', dead_letter_reason = 'attempts_spent', next_action_at = NULL,
    version = version + 1, tries = 8 WHERE status = 'queued'`);
  await resumeQueue(db.pool, TEST_ACTOR, CHARGES_QUEUE, "it is over");
}

test(`${DEAD_LETTERS} dead letters, retried at a rate, aborted in the middle and resumed, are each charged once`, async () => {
  await chargedWithoutOurKnowing();
  await deadLetter(DEAD_LETTERS - CHARGED_UNKNOWN);

  const request = { selection: { filter: {} }, reason: "the provider is back", rate_per_second: RATE_PER_SECOND };
  const counted = await ops("/dead_letters/retry", request);
  expect(counted).toMatchObject({ status: 200, body: { count: DEAD_LETTERS, outcome_unknown: CHARGED_UNKNOWN } });
  const wrong = await ops("/dead_letters/retry", { ...request, dry_run: false, expected_count: DEAD_LETTERS - 1 });
  expect(wrong).toMatchObject({ status: 409, body: { code: "count_changed" } });
  const started = await ops("/dead_letters/retry", { ...request, dry_run: false, expected_count: DEAD_LETTERS });
  expect(started.status).toBe(202);
  const run = `/bulk_runs/${started.body.id}`;
  const progress = async () => (await ops(run)).body as unknown as { retried: number; left: number; status: string };

  await until("it is in the middle", async () => (await progress()).retried >= DEAD_LETTERS / 4);
  expect(await ops(`${run}/abort`, { reason: "let me look first" })).toMatchObject({ status: 200 });
  const aborted = await progress();
  expect(aborted).toMatchObject({ status: "aborted" });
  expect(aborted.left).toBeGreaterThan(0);
  // While those that were retried are being charged, nothing else moves, and the console answers.
  for (const path of ["/overview", "/dead_letters?limit=20", "/dead_letters/groups", "/audit?limit=20"])
    expect((await ops(path)).status).toBe(200);
  const dead = "SELECT count(*)::int AS count FROM payments WHERE status = 'dead_lettered'";
  expect((await stack.query(dead))[0]).toEqual({ count: aborted.left });
  expect(await progress()).toEqual(aborted);

  expect(await ops(`${run}/resume`, { reason: "all is well" })).toMatchObject({ status: 200 });
  await until("it is done", async () => (await progress()).status === "finished", 120_000);
  expect(await progress()).toMatchObject({ retried: DEAD_LETTERS, left: 0 });
  const open = "SELECT 1 FROM payments WHERE status <> 'succeeded' LIMIT 1";
  await until("all have succeeded", async () => (await stack.query(open)).length === 0, 120_000);

  const counts = countByPayment(await readLedger(stack.info.simulatorUrl));
  expect(counts.size).toBe(DEAD_LETTERS);
  expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
  const audit = await stack.query(
    "SELECT action, count(*)::int AS entries, count(DISTINCT payment_id)::int AS payments FROM audit_log WHERE bulk_run_id = $1 GROUP BY action ORDER BY action",
    [started.body.id],
  );
  expect(audit).toEqual([
    { action: "abort_bulk_run", entries: 1, payments: 0 },
    { action: "resume_bulk_run", entries: 1, payments: 0 },
    { action: "retry", entries: DEAD_LETTERS, payments: DEAD_LETTERS },
    { action: "start_bulk_run", entries: 1, payments: 0 },
  ]);
}, 300_000);
