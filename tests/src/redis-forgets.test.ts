import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import { howMany } from "./how-many.ts";
import { countByPayment, readLedger } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const PAYMENTS = howMany({ short: 200, long: 1_000 });
let stack: TestStack;
let redis: Redis;
beforeAll(async () => {
  stack = await startTestStack({
    env: { simulator: { SIMULATOR_SLOW_MS: "400" }, relay: { SWEEP_INTERVAL_MS: "500", SWEEP_GRACE_MS: "1500" } },
  });
  redis = new Redis(stack.info.redisUrl);
}, 60_000);
afterAll(async () => {
  redis?.disconnect();
  await stack?.stop();
}, 30_000);

test(`${PAYMENTS} payments all end, each charged once, though Redis is emptied twice in the middle`, async () => {
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

test("payments all end, each charged once, though Redis dies and its append-only file is lost", async () => {
  const [, dir] = (await redis.config("GET", "dir")) as [string, string];
  const ids: string[] = [];
  const paying = (async () => {
    for (let i = 0; i < 10; i++)
      ids.push(
        ...(await Promise.all(Array.from({ length: 10 }, () => stack.checkout.pay({ payment_method: "pm_sim_slow" })))),
      );
  })();
  await until("the stream has moved on", () => ids.length > 50);
  const [pid] = stack.info.pids.redis;
  rmSync(join(dir, "appendonlydir"), { recursive: true });
  process.kill(pid as number, "SIGKILL");
  await until("Redis is back, and empty", () => stack.info.pids.redis.some((other) => other !== pid));
  await paying;
  for (const id of ids) expect(await stack.checkout.outcome(id)).toMatchObject({ status: "succeeded" });
  const charges = countByPayment(await readLedger(stack.info.simulatorUrl));
  expect(ids.filter((id) => charges.get(id) !== 1)).toEqual([]);
}, 120_000);

test("a payment that fails before every claim ends as a dead letter without progress, and harms no other", async () => {
  // Stands for whatever keeps one payment from being claimed: here the table refuses.
  await stack.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$`,
  );
  await stack.query(
    `CREATE TRIGGER poison BEFORE UPDATE ON payments FOR EACH ROW
     WHEN (NEW.status = 'charging' AND NEW.description = 'poison') EXECUTE FUNCTION refuse()`,
  );
  const { body } = await stack.checkout.post({ description: "poison" });
  // Nine wake-ups in vain have gone before, so that the test does not take two minutes.
  await stack.query("UPDATE payments SET idle_dispatches = 9 WHERE id = $1", [body.id]);
  const neighbour = await stack.checkout.pay({});
  expect(await stack.checkout.outcome(neighbour)).toMatchObject({ status: "succeeded" });
  expect(await stack.checkout.outcome(body.id, 120_000)).toMatchObject({
    status: "dead_lettered",
    outcome_unknown: false,
    attempts: 0,
  });
  expect(await stack.query("SELECT dead_letter_reason FROM payments WHERE id = $1", [body.id])).toEqual([
    { dead_letter_reason: "no_progress" },
  ]);
}, 150_000);
