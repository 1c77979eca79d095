import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type LiveEvent, TIMELINE_EVENTS, TIMELINE_KINDS } from "@payonce/domain";
import { Redis } from "ioredis";
import { listenToTheEnd } from "./event-source.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const PAYMENTS = 36;
/** From those that end at once to those that take several attempts. */
const TOKENS = [
  "pm_card_visa",
  "pm_card_chargeDeclined",
  "pm_sim_slow",
  "pm_sim_500_then_ok",
  "pm_sim_timeout_charged",
  "pm_sim_429_then_ok",
];

let stack: TestStack;
let redis: Redis;
beforeAll(async () => {
  // What Redis forgot is found soon; nothing else is different from `npm start`.
  stack = await startTestStack({ env: { relay: { SWEEP_INTERVAL_MS: "500", SWEEP_GRACE_MS: "1000" } } });
  redis = new Redis(stack.info.redisUrl);
  redis.on("error", () => {});
}, 60_000);
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
}, 30_000);

async function kill(app: "api" | "redis"): Promise<void> {
  const pid = stack.info.pids[app][0] as number;
  process.kill(pid, "SIGKILL");
  await until(`${app} is back`, () => stack.info.pids[app].some((other) => other !== pid));
}

test("whoever listens gets every event once and in order, though Redis is emptied and killed, and the API is killed", async () => {
  const giveUp = AbortSignal.timeout(120_000);
  const ids: string[] = [];
  const listening: Promise<LiveEvent[]>[] = [];
  const paying = (async () => {
    for (let i = 0; i < PAYMENTS; i++) {
      const id = await stack.checkout.pay({ payment_method: TOKENS[i % TOKENS.length], amount: 100 + i });
      ids.push(id);
      listening.push(listenToTheEnd(stack.info, id, giveUp));
    }
  })();
  const some = (share: number) => until("some are on their way", () => ids.length > PAYMENTS * share);
  await some(0.2);
  await redis.flushall();
  await some(0.4);
  await kill("redis");
  await some(0.6);
  await kill("api");
  await some(0.8);
  await until("Redis takes commands", () => redis.flushall().catch(() => null));
  await paying;
  const heard = await Promise.all(listening);

  for (const [i, id] of ids.entries()) {
    const rows = await stack.query(
      "SELECT version, kind FROM timeline WHERE payment_id = $1 AND kind = ANY ($2) ORDER BY version",
      [id, TIMELINE_KINDS],
    );
    const happened = rows.map(({ version, kind }) => [version, TIMELINE_EVENTS[kind as keyof typeof TIMELINE_EVENTS]]);
    expect(heard[i]?.map(({ version, type }) => [version, type])).toEqual(happened);
  }
  expect(heard.flat().filter(({ type }) => type === "payment.retrying" || type === "payment.unknown")).not.toEqual([]);
}, 150_000);
