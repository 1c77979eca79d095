import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { howMany } from "./how-many.ts";
import { countByPayment, readLedger } from "./ledger.ts";
import { seeded } from "./seeded.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

const PAYMENTS = howMany({ short: 200, long: 1_000 });
const SEED = Number(process.env.FAULT_SEED ?? 7);

/** How each token may end; `paid` says whether money is then to be in the ledger. */
const ENDS: Record<string, { status: string; paid: boolean }> = {
  pm_card_visa: { status: "succeeded", paid: true },
  pm_card_chargeDeclined: { status: "declined", paid: false },
  pm_card_authenticationRequired: { status: "declined", paid: false },
  pm_sim_timeout_charged: { status: "succeeded", paid: true },
  pm_sim_timeout_not_charged: { status: "succeeded", paid: true },
  pm_sim_late_confirm: { status: "succeeded", paid: true },
  pm_sim_reset_after_charge: { status: "succeeded", paid: true },
  pm_sim_drip: { status: "succeeded", paid: true },
  pm_sim_malformed: { status: "succeeded", paid: true },
  pm_sim_truncated: { status: "succeeded", paid: true },
  pm_sim_html: { status: "succeeded", paid: true },
  pm_sim_huge: { status: "succeeded", paid: true },
  pm_sim_500_charged: { status: "succeeded", paid: true },
  pm_sim_500_then_ok: { status: "succeeded", paid: true },
  pm_sim_500_forever: { status: "dead_lettered", paid: false },
  pm_sim_500_forever_charged: { status: "succeeded", paid: true },
  pm_sim_429_then_ok: { status: "succeeded", paid: true },
  // The provider's object is not what we asked for: nothing is adopted, a person decides.
  pm_sim_wrong_amount: { status: "dead_lettered", paid: true },
  pm_sim_processing: { status: "succeeded", paid: true },
  pm_sim_processing_declined: { status: "declined", paid: false },
  pm_sim_unknown_state: { status: "succeeded", paid: true },
  pm_sim_requires_action: { status: "dead_lettered", paid: false },
  pm_sim_decline_then_approve: { status: "declined", paid: false },
  pm_sim_create_500_stored: { status: "succeeded", paid: true },
  pm_sim_create_timeout: { status: "succeeded", paid: true },
  pm_sim_cancel_timeout: { status: "declined", paid: false },
  pm_sim_cancel_500: { status: "declined", paid: false },
};
const TOKENS = Object.keys(ENDS);

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({
    env: {
      charger: {
        PROVIDER_TIMEOUT_MS: "800",
        RETRY_WAITS_MS: "100,200,400,800,800",
        CHARGER_CONCURRENCY: "60",
        // All at once, the faults look like an outage; the breaker has tests of its own.
        BREAKER_FAILURES: "10000",
      },
      simulator: { SIMULATOR_SLOW_MS: "100" },
    },
  });
}, 60_000);
afterAll(() => stack?.stop(), 30_000);

test(`${PAYMENTS} payments through a mix of all faults end as they should, each charged at most once (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const tokens = new Map<string, string>();
  for (let i = 0; i < PAYMENTS; i += 25) {
    const batch = Array.from({ length: 25 }, () => TOKENS[Math.floor(random() * TOKENS.length)] ?? "pm_card_visa");
    const ids = await Promise.all(
      batch.map((payment_method) => stack.checkout.pay({ payment_method, amount: 100 + Math.floor(random() * 1e6) })),
    );
    for (const [n, id] of ids.entries()) tokens.set(id, batch[n] ?? "");
  }
  await until(
    "all have ended",
    async () => {
      const moving = "status IN ('queued', 'charging', 'retry_wait', 'unknown')";
      return (await stack.query(`SELECT 1 FROM payments WHERE ${moving} LIMIT 1`)).length === 0;
    },
    120_000,
  );

  const charges = await readLedger(stack.info.simulatorUrl);
  const counts = countByPayment(charges);
  const payments = await stack.query(
    "SELECT id, status, attempts, outcome_unknown, amount_minor::float8 AS amount, currency, dead_letter_reason FROM payments",
  );
  expect(payments).toHaveLength(PAYMENTS);
  expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
  const wrong = payments.filter(({ id, status, outcome_unknown, attempts }) => {
    const token = tokens.get(id) ?? "";
    const isPaid = counts.has(id);
    // A dead letter that says "not charged" must not have been.
    const isHonest = status === "dead_lettered" ? outcome_unknown || !isPaid : isPaid === (status === "succeeded");
    // Where the machine stalled, the first confirm may have been given up before the provider saw it: the second one counts.
    const wasConfirmedTwice = token === "pm_sim_decline_then_approve" && attempts > 1 && status === "succeeded";
    const isAsItsTokenSays = ENDS[token]?.status === status && ENDS[token]?.paid === isPaid;
    return !isHonest || !(isAsItsTokenSays || wasConfirmedTwice);
  });
  expect(wrong.map(({ id, status }) => `${tokens.get(id)} ${status} ${counts.has(id) ? "paid" : "not paid"}`)).toEqual(
    [],
  );

  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  const differing = charges.filter(({ payment_id, amount, currency }) => {
    const payment = byId.get(payment_id);
    return payment?.status === "succeeded" && (payment.amount !== amount || payment.currency !== currency);
  });
  expect(differing).toEqual([]);
  const mismatches = payments.filter(({ dead_letter_reason }) => dead_letter_reason === "provider_mismatch");
  const anomalies = await stack.query("SELECT payment_id FROM anomalies WHERE kind = 'provider_mismatch'");
  expect(anomalies.map(({ payment_id }) => payment_id).sort()).toEqual(mismatches.map(({ id }) => id).sort());
}, 240_000);
