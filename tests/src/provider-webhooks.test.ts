import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { countByPayment, readLedger } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

let stack: TestStack;
beforeAll(async () => {
  // Long enough that a hint comes first, and short enough that a stall of this machine heals within the test.
  stack = await startTestStack({ env: { charger: { RETRY_WAITS_MS: "8000,8000,8000" } } });
}, 60_000);
afterAll(() => stack?.stop(), 30_000);

const simulator = (path: string, body: object) =>
  fetch(`${stack.info.simulatorUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const read = async (id: string) => (await stack.query("SELECT * FROM payments WHERE id = $1", [id]))[0];
const chargesOf = async (id: string) => countByPayment(await readLedger(stack.info.simulatorUrl)).get(id) ?? 0;

describe("the provider's webhooks", () => {
  test("end an unknown payment before its next look, and spend none of its tries", async () => {
    const { body } = await stack.checkout.post({ payment_method: "pm_sim_timeout_charged" });
    expect(await stack.checkout.outcome(body.id)).toMatchObject({ status: "succeeded" });
    expect(await read(body.id)).toMatchObject({ tries: 1 });
    expect(await chargesOf(body.id)).toBe(1);
  });

  test.each([
    ["twice", { duplicate: true }],
    ["before the answer to our own call", { before_answer: true }],
    ["with a forged one beside them", { forge: true }],
    ["out of order", { reorder: true }],
  ])("that come %s do no harm", async (_how, faults) => {
    expect((await simulator("/_sim/webhooks/faults", faults)).status).toBe(200);
    const tokens = ["pm_card_visa", "pm_card_chargeDeclined", "pm_sim_500_charged"];
    const posted = await Promise.all(tokens.map((payment_method) => stack.checkout.post({ payment_method })));
    const ended = await Promise.all(posted.map(({ body }) => stack.checkout.outcome(body.id)));
    expect(ended.map(({ status }) => status)).toEqual(["succeeded", "declined", "succeeded"]);
    expect(await Promise.all(ended.map(({ id }) => chargesOf(id)))).toEqual([1, 0, 1]);
    await simulator("/_sim/webhooks/faults", {});
  });

  test("that come late never set a payment back", async () => {
    const { body } = await stack.checkout.post({});
    await stack.checkout.outcome(body.id);
    const before = await read(body.id);
    const type = "payment_intent.payment_failed";
    const sent = await simulator("/_sim/webhooks/send", {
      payment_intent: before.provider_object_id,
      type,
      age_s: 200,
    });
    expect(sent.status).toBe(200);
    await until(
      "it is stored",
      async () =>
        (await stack.query("SELECT 1 FROM provider_events WHERE type = $1 AND payment_id = $2", [type, body.id]))
          .length > 0,
    );
    await until("the look is over", async () => (await stack.query("SELECT 1 FROM outbox")).length === 0);
    expect(await read(body.id)).toEqual(before);
    expect(await stack.query("SELECT kind FROM anomalies WHERE payment_id = $1", [body.id])).toEqual([]);
  });
});
