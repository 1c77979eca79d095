import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import { countByPayment, readLedger } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const PAYMENTS = 1_000;
let stack: TestStack;
let redis: Redis;
beforeAll(async () => {
  stack = await startTestStack();
  redis = new Redis(stack.info.redisUrl);
}, 60_000);
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
}, 30_000);

test("1,000 payments all end, each charged once, though Redis is emptied twice in the middle", async () => {
  const ids: string[] = [];
  const paying = (async () => {
    for (let i = 0; i < PAYMENTS; i += 10)
      ids.push(
        ...(await Promise.all(Array.from({ length: 10 }, (_, n) => stack.checkout.pay({ amount: 100 + i + n })))),
      );
  })();
  for (const share of [0.3, 0.7]) {
    await until("the stream has moved on", () => ids.length > PAYMENTS * share, 60_000);
    await redis.flushall();
  }
  const lastFlushAt = Date.now();
  await paying;
  await until(
    "all have ended",
    async () => {
      const open = await stack.query("SELECT 1 FROM payments WHERE status NOT IN ('succeeded', 'declined') LIMIT 1");
      return open.length === 0;
    },
    90_000,
  );
  console.info(`healed ${((Date.now() - lastFlushAt) / 1_000).toFixed(1)} s after the second FLUSHALL`);

  const charges = countByPayment(await readLedger(stack.info.simulatorUrl));
  expect(ids.filter((id) => charges.get(id) !== 1)).toEqual([]);
  expect(charges.size).toBe(PAYMENTS);
}, 180_000);
