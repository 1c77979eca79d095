import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { DEAD_LETTER_QUEUE, deadLetterJobId } from "@payonce/domain";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { countByPayment, readLedger, setProviderMode } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

let stack: TestStack;
let redis: Redis;
beforeAll(async () => {
  stack = await startTestStack({ env: { charger: { RETRY_WAITS_MS: "300,300,300" } } });
  redis = new Redis(stack.info.redisUrl, { maxRetriesPerRequest: null });
}, 60_000);
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
}, 30_000);

const chargesOf = async (id: string) => countByPayment(await readLedger(stack.info.simulatorUrl)).get(id) ?? 0;
const timelineOf = async (id: string) =>
  (await stack.query("SELECT kind FROM timeline WHERE payment_id = $1 ORDER BY version", [id])).map(({ kind }) => kind);

describe("a payment", () => {
  test("goes from POST to succeeded, and is charged once", async () => {
    const { status, body, headers } = await stack.checkout.post({});
    expect(status).toBe(202);
    expect(headers.get("location")).toBe(`/v1/payments/${body.id}`);
    expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "succeeded", attempts: 1 });
    expect(await timelineOf(body.id)).toEqual(["queued", "charging", "provider_object_stored", "succeeded"]);
    expect(await chargesOf(body.id)).toBe(1);
  });

  test("sent again under its key, before and after it succeeded, is the same payment and the same charge", async () => {
    const key = randomUUID();
    const [first, second] = await Promise.all([stack.checkout.post({}, key), stack.checkout.post({}, key)]);
    const { id } = first.body;
    expect(second.body.id).toBe(id);
    await stack.checkout.outcome(id);
    const third = await stack.checkout.post({}, key);
    expect(third).toMatchObject({ status: 202, body: { id, status: "succeeded" } });
    expect(third.headers.get("idempotent-replayed")).toBe("true");
    expect(await chargesOf(id)).toBe(1);
  });

  test.each([
    ["pm_card_chargeDeclined", "generic_decline"],
    ["pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"],
    ["pm_card_authenticationRequired", "authentication_required"],
    ["pm_there_is_none", "provider_rejected"],
  ])("with %s is declined at the first attempt, and charged nothing", async (payment_method, failure_code) => {
    const { body } = await stack.checkout.post({ payment_method });
    expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "declined", failure_code, attempts: 1 });
    expect(await chargesOf(body.id)).toBe(0);
  });

  test.each([
    ["pm_sim_timeout_charged", "the money moved and the answer was lost"],
    ["pm_sim_timeout_not_charged", "neither money nor answer came"],
    ["pm_sim_500_charged", "the money moved and the answer was an error, for ever under that key"],
    ["pm_sim_500_then_ok", "an error came and no money moved"],
    ["pm_sim_429_then_ok", "the provider had no time"],
    ["pm_sim_reset_after_charge", "the money moved and the connection broke"],
    ["pm_sim_slow", "the answer took its time"],
  ])("with %s is charged exactly once: %s", async (payment_method) => {
    const { body } = await stack.checkout.post({ payment_method });
    expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "succeeded", outcome_unknown: false });
    expect(await chargesOf(body.id)).toBe(1);
  });

  test("whose confirm got no answer is unknown until the provider says what happened", async () => {
    const { body } = await stack.checkout.post({ payment_method: "pm_sim_timeout_charged" });
    await stack.checkout.outcome(body.id);
    expect(await timelineOf(body.id)).toEqual([
      "queued",
      "charging",
      "provider_object_stored",
      "unknown",
      "charging",
      "succeeded",
    ]);
  });
});

describe("while the provider is down", () => {
  test("a payment waits as a delayed job, and succeeds when the provider is back in time", async () => {
    await setProviderMode(stack.info.simulatorUrl, "down");
    const { body } = await stack.checkout.post({});
    const queue = new Queue("charges", { connection: redis, prefix: "payonce" });
    await until("the job is delayed", async () => (await queue.getDelayedCount()) > 0);
    await setProviderMode(stack.info.simulatorUrl, "up");
    expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "succeeded" });
    expect(await chargesOf(body.id)).toBe(1);
  });

  test("a payment whose attempts are spent is dead-lettered, with a job that operators see, and provably not charged", async () => {
    await setProviderMode(stack.info.simulatorUrl, "down");
    const { body } = await stack.checkout.post({});
    const dead = await stack.checkout.outcome(body.id);
    await setProviderMode(stack.info.simulatorUrl, "up");
    expect(dead).toMatchObject({ status: "dead_lettered", outcome_unknown: false, attempts: 4 });
    const queue = new Queue(DEAD_LETTER_QUEUE, { connection: redis, prefix: "payonce" });
    const jobId = deadLetterJobId({ paymentId: body.id, version: dead.version });
    const job = await until("the dead-letter job is there", () => queue.getJob(jobId));
    expect(job.data).toEqual({ paymentId: body.id, version: dead.version });
    expect(await chargesOf(body.id)).toBe(0);
  });
});
