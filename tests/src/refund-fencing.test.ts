import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { howMany } from "./how-many.ts";
import { createRefundDesk } from "./refund-desk.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

// A lease is five provider timeouts and a second: 3.5 s here.
const LEASE_MS = 3_500;

const ROUNDS = howMany({ short: 1, long: 5 });

let stack: TestStack;
let desk: ReturnType<typeof createRefundDesk>;
beforeAll(async () => {
  stack = await startTestStack({
    counts: { charger: 2 },
    env: {
      charger: {
        PROVIDER_TIMEOUT_MS: "500",
        JOB_LOCK_MS: "1000",
        RETRY_WAITS_MS: "200,200,200,200",
        REFUND_QUIET_MS: String(LEASE_MS),
      },
      simulator: { SIMULATOR_SLOW_MS: "400" },
    },
  });
  desk = createRefundDesk(stack);
}, 60_000);
afterAll(() => stack?.stop(), 30_000);

const signal = (pid: number | undefined, name: "SIGSTOP" | "SIGCONT") => process.kill(pid as number, name);
const read = async (id: string) => (await stack.query("SELECT * FROM refunds WHERE id = $1", [id]))[0];

/** Stops the charger while a refund of its is out; on a machine that stalls the answer may be there before, and another has its turn. */
async function stopInTheMiddle(charger: number | undefined): Promise<string> {
  for (let round = 0; round < 10; round++) {
    const id = await desk.refund(await desk.charged("pm_sim_refund_slow"), { amount: 1000 });
    await until("the request is on its way, or back", async () => {
      const { status, outcome_unknown } = await read(id);
      return outcome_unknown || status === "succeeded";
    });
    signal(charger, "SIGSTOP");
    if ((await read(id)).status === "refunding") return id;
    signal(charger, "SIGCONT");
  }
  throw new Error("the charger was never stopped in the middle");
}

test("a charger stopped in the middle of a refund, past its lease, wakes up and changes nothing it no longer owns", async () => {
  const [first, second] = stack.info.pids.charger;
  signal(second, "SIGSTOP");
  const id = await stopInTheMiddle(first);
  signal(second, "SIGCONT");
  try {
    // The other one may not claim it before the lease is over.
    expect(await desk.until(id)).toMatchObject({ status: "succeeded", attempts: 2 });
  } finally {
    signal(first, "SIGCONT");
  }
  const settled = await read(id);
  await until("the sleeper has told what it learned", async () => {
    const rows = await stack.query("SELECT outcome FROM refund_attempts WHERE refund_id = $1", [id]);
    return rows.length === 2 && rows.every(({ outcome }) => outcome !== null);
  });
  await until("the second look is over", async () => (await stack.query("SELECT 1 FROM outbox")).length === 0);
  expect(await read(id)).toEqual(settled);
  expect(await desk.madeFor(id)).toHaveLength(1);
  expect(await stack.query("SELECT kind FROM anomalies")).toEqual([]);
}, 90_000);

test("two chargers under a stream of refunds, one of them stopped again and again, send each back once", async () => {
  const [first] = stack.info.pids.charger;
  const ids: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // On a machine that stalls they may be over before anybody looks: then there are more of them.
    await until("some are being refunded", async () => {
      const paymentIds = await Promise.all(Array.from({ length: 8 }, () => desk.charged("pm_sim_refund_slow")));
      const twice = [...paymentIds, ...paymentIds];
      ids.push(...(await Promise.all(twice.map((id) => desk.refund(id, { amount: 1000 })))));
      return (await stack.query("SELECT 1 FROM refunds WHERE status = 'refunding'")).length > 0;
    });
    signal(first, "SIGSTOP");
    await until(
      "the other one has taken over what was stopped",
      async () => (await stack.query("SELECT 1 FROM refunds WHERE status IN ('queued', 'refunding')")).length === 0,
      60_000,
    );
    signal(first, "SIGCONT");
  }
  for (const id of ids) {
    expect(await desk.until(id)).toMatchObject({ status: "succeeded" });
    expect(await desk.madeFor(id)).toHaveLength(1);
  }
}, 180_000);
