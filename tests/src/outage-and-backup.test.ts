import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { countByPayment, readLedger, setProviderMode } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({
    env: {
      charger: {
        BREAKER_FAILURES: "5",
        BREAKER_OPEN_MS: "300",
        BREAKER_MAX_OPEN_MS: "600",
        CHARGER_CONCURRENCY: "5",
        RETRY_WAITS_MS: "100,200,400,800,1600,3200,6400",
      },
    },
  });
}, 60_000);
afterEach(() => setProviderMode(stack.info.simulatorUrl, "up"));
afterAll(() => stack?.stop(), 30_000);

const chargesByPayment = async () => countByPayment(await readLedger(stack.info.simulatorUrl));
const breakerIs = async (state: string) => {
  const text = await (await fetch(`${stack.info.metricsUrls.charger?.[0]}/metrics`)).text();
  return new RegExp(`payonce_provider_breaker_state\\{[^}]*state="${state}"[^}]*\\} 1`).test(text);
};

test("an outage of the provider opens the breaker, spends few attempts, fills no dead letters, and drains afterwards", async () => {
  // The charger has to know whose account it is, or it would make no attempt at all.
  await stack.checkout.outcome(await stack.checkout.pay({}));
  await setProviderMode(stack.info.simulatorUrl, "down");
  const posted = await Promise.all(Array.from({ length: 60 }, () => stack.checkout.post({})));
  await until("the breaker is open", () => breakerIs("open"));
  // Several probes, each of one job.
  const attempts = async () => Number((await stack.query("SELECT count(*) AS n FROM attempts"))[0]?.n);
  const before = await attempts();
  await until("the breaker has probed three times", async () => (await attempts()) >= before + 3);
  const [{ n, dead }] = (await stack.query(
    "SELECT count(*)::int AS n, count(*) FILTER (WHERE status = 'dead_lettered')::int AS dead FROM payments WHERE attempts > 0",
  )) as [{ n: number; dead: number }];
  // Without a breaker all sixty would have been tried by now.
  expect(n).toBeLessThan(30);
  expect(dead).toBe(0);

  await setProviderMode(stack.info.simulatorUrl, "up");
  for (const { body } of posted) expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "succeeded" });
  expect(await breakerIs("closed")).toBe(true);
  const charges = await chargesByPayment();
  expect(posted.filter(({ body }) => charges.get(body.id) !== 1)).toEqual([]);
}, 120_000);

test("a payment that an old backup brought back, older than the provider's memory, is adopted and not charged again", async () => {
  const { body } = await stack.checkout.post({});
  await stack.checkout.outcome(body.id);
  const [{ provider_object_id: objectId }] = (await stack.query(
    "SELECT provider_object_id FROM payments WHERE id = $1",
    [body.id],
  )) as [{ provider_object_id: string }];
  // The provider forgets; our tables say that nothing was ever tried.
  await fetch(`${stack.info.simulatorUrl}/_sim/prune-keys`, { method: "POST" });
  await stack.query(
    `UPDATE payments SET status = 'queued', provider_object_id = NULL, attempts = 0, tries = 0, version = version + 1,
       created_at = now() - interval '25 hours', next_action_at = now() - interval '1 hour' WHERE id = $1`,
    [body.id],
  );
  await stack.query("DELETE FROM attempts WHERE payment_id = $1", [body.id]);
  expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "succeeded" });
  expect(await stack.query("SELECT provider_object_id FROM payments WHERE id = $1", [body.id])).toEqual([
    { provider_object_id: objectId },
  ]);
  expect((await chargesByPayment()).get(body.id)).toBe(1);
}, 60_000);
