import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { howMany } from "./how-many.ts";
import { countByPayment, readLedger } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const PAYMENTS = howMany({ short: 150, long: 500 });
const TOKENS = [
  "pm_card_visa",
  "pm_card_visa",
  "pm_card_visa",
  "pm_card_chargeDeclined",
  "pm_sim_500_charged",
  "pm_sim_reset_after_charge",
];

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
}, 60_000);
afterAll(() => stack?.stop(), 30_000);

/** Ends a process as a power cut would, and waits until its successor has taken its place. */
async function kill(app: "api" | "relay" | "charger" | "simulator"): Promise<void> {
  const pid = stack.info.pids[app][0];
  if (pid === undefined) throw new Error(`there is no ${app} to kill`);
  process.kill(pid, "SIGKILL");
  await until(`${app} is back`, () => stack.info.pids[app].some((other) => other !== pid));
}

test(`${PAYMENTS} payments all end, each charged exactly once or not at all, while every process is killed in turn`, async () => {
  const keys = Array.from({ length: PAYMENTS }, () => randomUUID());
  const ids: string[] = [];
  const stream = (async () => {
    for (const [i, key] of keys.entries()) {
      const body = { payment_method: TOKENS[i % TOKENS.length], amount: 100 + i };
      // Several at once, each repeated under its key until there is an answer.
      const paying = stack.checkout.pay(body, key).then((id) => ids.push(id));
      if (i % 5 === 0) await Promise.all([paying, delay(20)]);
    }
  })();
  for (const app of ["api", "relay", "charger", "simulator"] as const) {
    await until("the stream has moved on", () => ids.length > PAYMENTS / 10);
    await kill(app);
    await delay(300);
  }
  await stream;
  await until("every request has its answer", () => ids.length === PAYMENTS);

  const payments = await Promise.all(ids.map((id) => stack.checkout.outcome(id, 90_000)));
  const charges = countByPayment(await readLedger(stack.info.simulatorUrl));
  expect(new Set(ids).size).toBe(PAYMENTS);
  expect(payments.filter(({ status }) => status !== "succeeded" && status !== "declined")).toEqual([]);
  for (const { id, status } of payments)
    expect([id, charges.get(id) ?? 0]).toEqual([id, status === "succeeded" ? 1 : 0]);
  expect(charges.size).toBe(payments.filter(({ status }) => status === "succeeded").length);
}, 180_000);
