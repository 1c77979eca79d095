import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { connectDatabase, type Database, retryRefunds } from "@payonce/db";
import { TEST_ACTOR } from "@payonce/db/testing";
import {
  canRefundTransition,
  REFUND_DEAD_LETTER_QUEUE,
  type RefundState,
  refundDeadLetterJobId,
} from "@payonce/domain";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { howMany } from "./how-many.ts";
import { setProviderMode } from "./ledger.ts";
import { createRefundDesk } from "./refund-desk.ts";
import { seeded } from "./seeded.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const SEED = Number(process.env.FAULT_SEED ?? 11);
/** Of the mix of all faults; two refunds each. */
const PAYMENTS = howMany({ short: 11, long: 20 });
/** A lease is five provider timeouts and a second: what is over after that is quiet. */
const LEASE_MS = 4_500;

const SLOW_MS = 400;
/** Of a payment over 42.00: the provider itself would refuse to send the whole of it back twice. */
const A_PART = { amount: 1000 };

let stack: TestStack;
let desk: ReturnType<typeof createRefundDesk>;
let db: Database;
let redis: Redis;
beforeAll(async () => {
  stack = await startTestStack({
    env: {
      charger: {
        PROVIDER_TIMEOUT_MS: "700",
        // The long ones let a stored error's key be given up: all is quiet by then.
        RETRY_WAITS_MS: `100,200,400,800,${LEASE_MS * 1.5},${LEASE_MS * 1.5}`,
        REFUND_QUIET_MS: String(LEASE_MS),
        REFUND_LOOK_WAITS_MS: "100,200",
        REFUND_CONCURRENCY: "20",
        // All at once, the faults look like an outage; the breaker has tests of its own.
        BREAKER_FAILURES: "10000",
      },
      relay: { SWEEP_INTERVAL_MS: "500", SWEEP_GRACE_MS: "1500" },
      simulator: { SIMULATOR_SLOW_MS: String(SLOW_MS) },
    },
  });
  desk = createRefundDesk(stack);
  db = connectDatabase({ url: stack.info.databaseUrl, applicationName: "test" });
  redis = new Redis(stack.info.redisUrl, { maxRetriesPerRequest: null });
}, 60_000);
afterAll(async () => {
  redis?.disconnect();
  await db?.close();
  await stack?.stop();
}, 30_000);

const read = async (id: string) => (await stack.query("SELECT * FROM refunds WHERE id = $1", [id]))[0];
const payment = async (id: string) => (await stack.checkout.get(id)).body;
const pruneKeys = () => fetch(`${stack.info.simulatorUrl}/_sim/prune-keys`, { method: "POST" });
/** Without hints only the schedule and the sweep find anything out. */
const setWebhooks = (areOn: boolean) =>
  fetch(`${stack.info.simulatorUrl}/_sim/webhooks`, {
    method: areOn ? "DELETE" : "POST",
    headers: { "content-type": "application/json" },
    ...(!areOn && { body: '{"url":null}' }),
  });
const kindsOf = async (id: string) =>
  (await stack.query("SELECT kind FROM timeline WHERE refund_id = $1 ORDER BY version", [id])).map(({ kind }) => kind);

describe("a refund", () => {
  test("goes from POST to succeeded, and the money goes back once", async () => {
    const paymentId = await desk.charged();
    const { status, body } = await desk.post(paymentId, { amount: 1500, reason: "requested_by_customer" });
    expect(status).toBe(202);
    expect(await desk.until(body.id)).toMatchObject({ status: "succeeded", attempts: 1, outcome_unknown: false });
    expect(await desk.madeFor(body.id)).toMatchObject([{ amount: 1500, payment_id: paymentId, status: "succeeded" }]);
    expect(await payment(paymentId)).toMatchObject({
      status: "succeeded",
      amount_refunded: 1500,
      amount_refund_pending: 0,
      refund_status: "partial",
    });
    expect(await kindsOf(body.id)).toEqual(["refund_requested", "refund_started", "refund_succeeded"]);
  });

  const FAULTS: [fault: string, meaning: string][] = [
    ["timeout_executed", "the money went back, and nobody said so"],
    ["timeout_not_executed", "neither money nor answer came"],
    ["reset_executed", "the money went back, and the connection broke"],
    ["500_executed", "the money went back, and the answer was an error, for ever under that key"],
    ["500_stored", "an error came, for ever under that key, and no money went back"],
    ["429", "the provider had no time"],
    ["slow", "the answer took its time"],
    ["late", "the request was stuck on its way, and arrived after the next one"],
    ["pending", "the bank took its time"],
  ];
  const started = new Map<string, { paymentId: string; id: string }>();
  // All at once: each waits for something.
  beforeAll(async () => {
    const start = async (fault: string) => {
      const paymentId = await desk.charged(`pm_sim_refund_${fault}`);
      started.set(fault, { paymentId, id: await desk.refund(paymentId, A_PART) });
    };
    await Promise.all(FAULTS.map(([fault]) => start(fault)));
  });

  test.each(FAULTS)("that meets %s goes back exactly once: %s", async (fault) => {
    const { paymentId, id } = started.get(fault) as { paymentId: string; id: string };
    const ended = await desk.until(id);
    expect(ended).toMatchObject({ status: "succeeded", outcome_unknown: false });
    const endedAt = Date.parse(ended.updated_at);
    await until("what was stuck on its way has arrived", () => Date.now() - endedAt > 2 * SLOW_MS);
    await until("nothing more is under way", async () => (await stack.query("SELECT 1 FROM outbox")).length === 0);
    expect(await desk.madeFor(id)).toMatchObject([{ amount: 1000, status: "succeeded" }]);
    expect(await payment(paymentId)).toMatchObject({ amount_refunded: 1000, refund_status: "partial" });
  });

  test("that the bank refuses after a while gives its amount back to be refunded again", async () => {
    const paymentId = await desk.charged("pm_sim_refund_pending_failed");
    const id = await desk.refund(paymentId);
    await desk.until(id, ["pending"]);
    expect(await desk.post(paymentId, { amount: 1 })).toMatchObject({ status: 409, body: { amount_left: 0 } });
    expect(await desk.until(id)).toMatchObject({ status: "failed", failure_code: "lost_or_stolen_card" });
    expect(await payment(paymentId)).toMatchObject({ amount_refunded: 0, refund_status: "none" });
    expect((await desk.post(paymentId)).status).toBe(202);
  });

  test("that the bank sends back after it had succeeded fails late, on the provider's word, and says so in the timeline", async () => {
    const paymentId = await desk.charged("pm_sim_refund_late_failure");
    const id = await desk.refund(paymentId);
    expect(await desk.until(id, ["failed"])).toMatchObject({ failure_code: "lost_or_stolen_card" });
    expect(await kindsOf(id)).toEqual(["refund_requested", "refund_started", "refund_succeeded", "refund_failed"]);
    expect(await payment(paymentId)).toMatchObject({ status: "succeeded", amount_refunded: 0, refund_status: "none" });
    expect(await stack.query("SELECT kind FROM anomalies WHERE payment_id = $1", [paymentId])).toEqual([]);
    expect((await desk.post(paymentId)).status).toBe(202);
  });

  test("that the bank sends back is noticed a day later, where the provider's webhook was lost", async () => {
    const dropWebhooks = async (drop: number) => {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify({ drop }) };
      expect((await fetch(`${stack.info.simulatorUrl}/_sim/webhooks/faults`, init)).status).toBe(200);
    };
    await dropWebhooks(1);
    const paymentId = await desk.charged("pm_sim_refund_late_failure");
    const id = await desk.refund(paymentId);
    await desk.until(id, ["succeeded"]);
    await until("the bank has sent it back", async () => (await desk.madeFor(id))[0]?.status === "failed");
    expect(await read(id)).toMatchObject({ status: "succeeded" });
    await stack.query("UPDATE refunds SET updated_at = now() - interval '25 hours', review_at = now() WHERE id = $1", [
      id,
    ]);
    expect(await desk.until(id, ["failed"])).toMatchObject({ failure_code: "lost_or_stolen_card" });
    await dropWebhooks(0);
  });
});

test("20 refunds at once for more than was charged never send back more, neither here nor at the provider", async () => {
  const paymentId = await desk.charged();
  const answers = await Promise.all(Array.from({ length: 20 }, () => desk.post(paymentId, { amount: 1000 })));
  const accepted = answers.filter(({ status }) => status === 202).map(({ body }) => body.id);
  expect(accepted).toHaveLength(4);
  for (const id of accepted) expect(await desk.until(id)).toMatchObject({ status: "succeeded" });
  const made = (await desk.ledger()).filter(({ payment_id }) => payment_id === paymentId);
  expect(made.map(({ refund_id }) => refund_id).sort()).toEqual([...accepted].sort());
  expect(made.reduce((sum, { amount }) => sum + amount, 0)).toBe(4000);
  expect(await payment(paymentId)).toMatchObject({ amount_refunded: 4000 });
});

describe("whatever is killed, forgotten or emptied", () => {
  test("a charger killed in the middle of refunds, and its successor, send each back once", async () => {
    const ids: string[] = [];
    // On a machine that stalls they may be back before anybody looks: then there are more of them.
    await until("one is at the provider", async () => {
      const paymentIds = await Promise.all(Array.from({ length: 3 }, () => desk.charged("pm_sim_refund_slow")));
      ids.push(...(await Promise.all(paymentIds.map((id) => desk.refund(id, A_PART)))));
      const sent = await stack.query("SELECT 1 FROM refunds WHERE status = 'refunding' AND outcome_unknown");
      return sent.length > 0;
    });
    const [pid] = stack.info.pids.charger;
    process.kill(pid as number, "SIGKILL");
    await until("its successor is there", () => stack.info.pids.charger.some((other) => other !== pid));
    for (const id of ids) {
      expect(await desk.until(id)).toMatchObject({ status: "succeeded" });
      expect(await desk.madeFor(id)).toHaveLength(1);
    }
  });

  test("keys that the provider has forgotten between two tries do not make a second refund", async () => {
    const faults = ["timeout_executed", "timeout_not_executed", "500_executed", "500_stored"];
    const payments = await Promise.all(faults.map((fault) => desk.charged(`pm_sim_refund_${fault}`)));
    const ids = await Promise.all(payments.map((id) => desk.refund(id, { amount: 700 })));
    for (const id of ids)
      await until(
        "it was sent",
        async () =>
          (await stack.query("SELECT 1 FROM refunds WHERE id = $1 AND last_sent_at IS NOT NULL", [id])).length > 0,
      );
    await pruneKeys();
    for (const id of ids) {
      expect(await desk.until(id)).toMatchObject({ status: "succeeded" });
      expect(await desk.madeFor(id)).toHaveLength(1);
    }
  });

  test("refunds all end after Redis is emptied in the middle of their first attempts", async () => {
    await setWebhooks(false);
    const paymentIds = await Promise.all(
      Array.from({ length: 10 }, () => desk.charged("pm_sim_refund_timeout_executed")),
    );
    const ids = await Promise.all(paymentIds.map((paymentId) => desk.refund(paymentId, { amount: 300 })));
    await until("all have been sent", async () => {
      const sent = "SELECT 1 FROM refunds WHERE id = ANY ($1) AND status = 'refunding' AND outcome_unknown";
      return (await stack.query(sent, [ids])).length === ids.length;
    });
    await redis.flushall();
    for (const id of ids) {
      expect(await desk.until(id)).toMatchObject({ status: "succeeded" });
      expect(await desk.madeFor(id)).toHaveLength(1);
    }
    // Their jobs were gone: others were made for them.
    expect(await stack.query("SELECT 1 FROM refunds WHERE id = ANY ($1) AND dispatch = 0", [ids])).toEqual([]);
    await setWebhooks(true);
  });

  test("a dead letter, retried after the provider forgot every key, is refunded once; its queue is mended", async () => {
    const paymentId = await desk.charged("pm_sim_refund_500_executed");
    // A hint would find the refund out before the attempts are spent.
    await setWebhooks(false);
    const id = await desk.refund(paymentId, A_PART);
    await until("it was sent", async () => (await read(id)).status === "unknown");
    await setProviderMode(stack.info.simulatorUrl, "down");
    const dead = await desk.until(id);
    expect(dead).toMatchObject({ status: "dead_lettered", outcome_unknown: true });
    expect(await payment(paymentId)).toMatchObject({ amount_refund_pending: 1000, refund_status: "pending" });
    const queue = new Queue(REFUND_DEAD_LETTER_QUEUE, { connection: redis, prefix: "payonce" });
    const jobId = refundDeadLetterJobId({ refundId: id, version: dead.version });
    await until("its job is there", () => queue.getJob(jobId));
    await setProviderMode(stack.info.simulatorUrl, "up");
    await setWebhooks(true);
    await pruneKeys();
    await retryRefunds(db.pool, TEST_ACTOR, [{ id }], "the provider is back");
    expect(await desk.until(id, ["succeeded"])).toMatchObject({ outcome_unknown: false });
    expect(await desk.madeFor(id)).toHaveLength(1);
    await until("its job is gone", async () => (await queue.getJob(jobId)) === undefined);
  }, 120_000);
});

test("money that somebody sent back at the provider's own desk counts: ours fails, nothing flips, a person is told", async () => {
  const paymentId = await desk.charged();
  const [{ provider_object_id: intent }] = (await stack.query("SELECT provider_object_id FROM payments WHERE id = $1", [
    paymentId,
  ])) as [{ provider_object_id: string }];
  await fetch(`${stack.info.simulatorUrl}/v1/refunds`, {
    method: "POST",
    headers: { authorization: "Bearer sk_test_simulator", "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ payment_intent: intent, amount: "4000" }),
  });
  const id = await desk.refund(paymentId, { amount: 201 });
  expect(await desk.until(id)).toMatchObject({ status: "failed", failure_code: "amount_too_large" });
  expect(await payment(paymentId)).toMatchObject({ status: "succeeded", amount_refunded: 0, amount_refund_pending: 0 });
  const anomalies = await until("both are told", async () => {
    const rows = await stack.query("SELECT kind FROM anomalies WHERE payment_id = $1 ORDER BY kind", [paymentId]);
    return rows.length === 2 ? (rows as { kind: string }[]) : null;
  });
  expect(anomalies.map(({ kind }) => kind)).toEqual(["refund_made_elsewhere", "refunded_elsewhere"]);
  const small = await desk.refund(paymentId, { amount: 200 });
  expect(await desk.until(small)).toMatchObject({ status: "succeeded" });
});

test(`${2 * PAYMENTS} refunds through a mix of all faults: the provider's books and ours are the same, both ways (seed ${SEED})`, async () => {
  const faults = [
    "timeout_executed",
    "timeout_not_executed",
    "reset_executed",
    "slow",
    "late",
    "500_executed",
    "500_stored",
    "429",
    "pending",
    "pending_failed",
    "late_failure",
  ];
  const random = seeded(SEED);
  const tokens = Array.from({ length: PAYMENTS }, (_, i) => faults[i % faults.length] ?? "slow");
  const paymentIds = await Promise.all(tokens.map((fault) => desk.charged(`pm_sim_refund_${fault}`)));
  const wanted = paymentIds.flatMap((paymentId) =>
    [0, 1].map(() => ({ paymentId, amount: 100 + Math.floor(random() * 1_000) })),
  );
  const ids = await Promise.all(wanted.map(({ paymentId, amount }) => desk.refund(paymentId, { amount })));
  for (const id of ids) await desk.until(id, ["succeeded", "failed", "dead_lettered"], 90_000);
  const lateOnes = ids.filter((_id, i) => tokens[Math.floor(i / 2)] === "late_failure");
  for (const id of lateOnes) await desk.until(id, ["failed"]);

  const made = (await desk.ledger()).filter(({ refund_id }) => refund_id !== null && ids.includes(refund_id));
  const rows = await stack.query(
    "SELECT id, payment_id, status, provider_refund_id, amount_minor::int AS amount FROM refunds WHERE id = ANY ($1)",
    [ids],
  );
  const byTheProvider = made.map(({ refund_id, id, payment_id, amount, status }) => ({
    id: refund_id,
    payment_id,
    status,
    provider_refund_id: id,
    amount,
  }));
  const sorted = <T extends { id: string | null }>(list: T[]) =>
    [...list].sort((a, b) => ((a.id ?? "") < (b.id ?? "") ? -1 : 1));
  expect(sorted(rows as { id: string }[])).toEqual(sorted(byTheProvider));

  for (const paymentId of paymentIds) {
    const [sums] = await stack.query(
      "SELECT refund_reserved_minor::int AS reserved, refunded_minor::int AS refunded, amount_minor::int AS amount FROM payments WHERE id = $1",
      [paymentId],
    );
    const back = made
      .filter(({ payment_id, status }) => payment_id === paymentId && status !== "failed")
      .reduce((sum, { amount }) => sum + amount, 0);
    expect(sums).toEqual({ reserved: back, refunded: back, amount: 4200 });
  }
  for (const id of ids) {
    const states = (await kindsOf(id)).map(stateOf);
    for (const [i, to] of states.slice(1).entries())
      expect([states[i], to, canRefundTransition(states[i] as RefundState, to)]).toEqual([states[i], to, true]);
  }
  expect(await stack.query("SELECT kind FROM anomalies WHERE payment_id = ANY ($1)", [paymentIds])).toEqual([]);
  // Every refund at the provider has an attempt that was announced before, under the key that it was made with.
  const unannounced = await Promise.all(
    made.map(async ({ refund_id, idempotency_key }) => {
      const sent = "SELECT 1 FROM refund_attempts WHERE refund_id = $1 AND sent_key = $2";
      return (await stack.query(sent, [refund_id, idempotency_key])).length === 0;
    }),
  );
  expect(unannounced.filter(Boolean)).toEqual([]);
}, 180_000);

function stateOf(kind: string): RefundState {
  const word = kind.replace("refund_", "");
  return word === "requested" ? "queued" : word === "started" ? "refunding" : (word as RefundState);
}
