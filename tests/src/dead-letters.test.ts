import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { connectDatabase, type Database } from "@payonce/db";
import { retryDeadLetters } from "@payonce/db/operations";
import { TEST_ACTOR } from "@payonce/db/testing";
import { DEAD_LETTER_QUEUE } from "@payonce/domain";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { countByPayment, readLedger, setProviderMode } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

let stack: TestStack;
let db: Database;
let redis: Redis;
beforeAll(async () => {
  stack = await startTestStack({
    env: {
      charger: { RETRY_WAITS_MS: "2000,100", PROVIDER_TIMEOUT_MS: "1000", BREAKER_FAILURES: "1000" },
      relay: { SWEEP_INTERVAL_MS: "500" },
      // A hint would find the charge out before the attempts are spent.
      simulator: { SIMULATOR_WEBHOOK_URL: "" },
    },
  });
  db = connectDatabase({ url: stack.info.databaseUrl, applicationName: "test" });
  redis = new Redis(stack.info.redisUrl, { maxRetriesPerRequest: null });
}, 60_000);
afterAll(async () => {
  redis?.disconnect();
  await db?.close();
  await stack?.stop();
}, 30_000);

const chargesOf = async (id: string) => countByPayment(await readLedger(stack.info.simulatorUrl)).get(id) ?? 0;
const pruneKeys = () => fetch(`${stack.info.simulatorUrl}/_sim/prune-keys`, { method: "POST" });
const retry = (id: string) => retryDeadLetters(db.pool, TEST_ACTOR, [{ id }], "the provider is back");
const cancel = async (id: string) => {
  const authorization = `Bearer ${stack.info.secretKey}`;
  const answer = await fetch(`${stack.info.apiUrl}/v1/payments/${id}/cancel`, {
    method: "POST",
    headers: { authorization },
  });
  return answer.status;
};

/** Charged or not, then, before the first retry, out of sight until the attempts are spent. */
async function deadLetter(payment_method: string) {
  const { body } = await stack.checkout.post({ payment_method });
  await until(
    "the confirm has run",
    async () =>
      (await stack.query("SELECT 1 FROM payments WHERE id = $1 AND outcome_unknown AND status = 'unknown'", [body.id]))
        .length > 0,
  );
  await setProviderMode(stack.info.simulatorUrl, "down");
  const dead = await stack.checkout.outcome(body.id);
  expect(dead).toMatchObject({ status: "dead_lettered", outcome_unknown: true });
  await setProviderMode(stack.info.simulatorUrl, "up");
  return body.id;
}

describe("a dead letter whose outcome is unknown, retried after the provider has forgotten every key", () => {
  test("is adopted and not charged again where the charge had gone through; canceling it in between is refused", async () => {
    const id = await deadLetter("pm_sim_500_charged");
    await pruneKeys();
    expect(await cancel(id)).toBe(409);
    await retry(id);
    expect(await cancel(id)).toBe(409);
    expect(await stack.checkout.outcome(id)).toMatchObject({ status: "succeeded", outcome_unknown: false });
    expect(await chargesOf(id)).toBe(1);
  }, 60_000);

  test("is charged once where the charge had not gone through", async () => {
    const id = await deadLetter("pm_sim_500_then_ok");
    await pruneKeys();
    await retry(id);
    expect(await stack.checkout.outcome(id)).toMatchObject({ status: "succeeded" });
    expect(await chargesOf(id)).toBe(1);
  }, 60_000);
});

test("the dead-letter queue is mended both ways after Redis was emptied and after a retry", async () => {
  await setProviderMode(stack.info.simulatorUrl, "down");
  const [kept, retried] = await Promise.all([stack.checkout.post({}), stack.checkout.post({})]);
  for (const { body } of [kept, retried])
    expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "dead_lettered" });
  await setProviderMode(stack.info.simulatorUrl, "up");
  const queue = new Queue(DEAD_LETTER_QUEUE, { connection: redis, prefix: "payonce" });
  const inQueue = async () => (await queue.getJobs(["waiting"])).map(({ data }) => data.paymentId as string).sort();
  await redis.flushall();
  await until("both are back", async () => (await inQueue()).length === 2);
  await retry(retried.body.id);
  expect(await stack.checkout.outcome(retried.body.id)).toMatchObject({ status: "succeeded" });
  await until("only the other one is left", async () => (await inQueue()).join() === kept.body.id);
}, 60_000);
