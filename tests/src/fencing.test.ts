import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { howMany } from "./how-many.ts";
import { countByPayment, readLedger } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const ROUNDS = howMany({ short: 1, long: 5 });

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({
    counts: { charger: 2 },
    env: {
      charger: { PROVIDER_TIMEOUT_MS: "500", JOB_LOCK_MS: "1000", RETRY_WAITS_MS: "200,200,200,200" },
      simulator: { SIMULATOR_SLOW_MS: "400" },
    },
  });
}, 60_000);
afterAll(() => stack?.stop(), 30_000);

const signal = (pid: number | undefined, name: "SIGSTOP" | "SIGCONT") => process.kill(pid as number, name);
const attemptsOf = (id: string) =>
  stack.query("SELECT outcome FROM attempts WHERE payment_id = $1 ORDER BY number", [id]);
const paySlowly = () => stack.checkout.pay({ payment_method: "pm_sim_slow" });
const read = async (id: string) => (await stack.query("SELECT * FROM payments WHERE id = $1", [id]))[0];

test("a charger stopped in the middle of its confirm, past its lease, wakes up and changes nothing it no longer owns", async () => {
  const [first, second] = stack.info.pids.charger;
  signal(second, "SIGSTOP");
  const { body } = await stack.checkout.post({ payment_method: "pm_sim_slow" });
  await until("the confirm is on its way", async () => (await read(body.id))?.provider_object_id);
  signal(first, "SIGSTOP");
  signal(second, "SIGCONT");
  try {
    // The other one may not claim it before the lease is over.
    expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "succeeded", attempts: 2 });
  } finally {
    signal(first, "SIGCONT");
  }
  const settled = await read(body.id);
  const attempts = await until("the sleeper has told what it learned", async () => {
    const rows = await attemptsOf(body.id);
    return rows.every(({ outcome }) => outcome !== null) && rows;
  });
  expect(attempts).toHaveLength(2);
  await until("the second look is over", async () => (await stack.query("SELECT 1 FROM outbox")).length === 0);
  expect(await read(body.id)).toEqual(settled);
  expect(countByPayment(await readLedger(stack.info.simulatorUrl)).get(body.id)).toBe(1);
  expect(await stack.query("SELECT kind FROM anomalies")).toEqual([]);
}, 90_000);

test("two chargers under a stream of payments, one of them stopped again and again, charge each once", async () => {
  const [first] = stack.info.pids.charger;
  const ids: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // On a machine that stalls they may be charged before anybody looks: then there are more of them.
    await until("some are being charged", async () => {
      ids.push(...(await Promise.all(Array.from({ length: 20 }, paySlowly))));
      return (await stack.query("SELECT 1 FROM payments WHERE status = 'charging'")).length > 3;
    });
    signal(first, "SIGSTOP");
    ids.push(...(await Promise.all(Array.from({ length: 10 }, paySlowly))));
    await until("the other one has taken over what was stopped", async () => {
      const waiting = "SELECT 1 FROM payments WHERE status IN ('queued', 'charging')";
      return (await stack.query(waiting)).length === 0;
    });
    signal(first, "SIGCONT");
  }
  for (const id of ids) expect(await stack.checkout.outcome(id)).toMatchObject({ status: "succeeded" });
  const charges = countByPayment(await readLedger(stack.info.simulatorUrl));
  expect(ids.filter((id) => charges.get(id) !== 1)).toEqual([]);
}, 120_000);
