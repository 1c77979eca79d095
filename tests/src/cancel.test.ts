import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { countByPayment, readLedger } from "./ledger.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { until } from "./until.ts";

let stack: TestStack;
beforeAll(async () => {
  // The next try is far enough that a cancel comes before it.
  stack = await startTestStack({ env: { charger: { RETRY_WAITS_MS: "10000,10000,10000" } } });
}, 60_000);
afterAll(() => stack?.stop(), 30_000);

const cancel = async (id: string) => {
  const authorization = `Bearer ${stack.info.secretKey}`;
  const answer = await fetch(`${stack.info.apiUrl}/v1/payments/${id}/cancel`, {
    method: "POST",
    headers: { authorization },
  });
  return { status: answer.status, body: (await answer.json()) as { status: string; code?: string } };
};
const read = async (id: string) => (await stack.query("SELECT * FROM payments WHERE id = $1", [id]))[0];
const chargesOf = async (id: string) => countByPayment(await readLedger(stack.info.simulatorUrl)).get(id) ?? 0;

describe("canceling", () => {
  test("a payment that waits for its next try closes its object at the provider, then ends it", async () => {
    const { body } = await stack.checkout.post({ payment_method: "pm_sim_429_then_ok" });
    await until("it waits", async () => (await read(body.id)).status === "retry_wait");
    expect(await cancel(body.id)).toMatchObject({ status: 200, body: { status: "canceled" } });
    expect(await cancel(body.id)).toMatchObject({ status: 200, body: { status: "canceled" } });
    const { provider_object_id: objectId } = await read(body.id);
    const headers = { authorization: "Bearer sk_test_simulator" };
    const object = await fetch(`${stack.info.simulatorUrl}/v1/payment_intents/${objectId}`, { headers });
    expect(await object.json()).toMatchObject({ status: "canceled" });
    expect(await chargesOf(body.id)).toBe(0);
  });

  test("a payment that may have been charged is refused, and stays as it is", async () => {
    const { body } = await stack.checkout.post({ payment_method: "pm_sim_500_forever" });
    await until("it is unknown", async () => (await read(body.id)).status === "unknown");
    expect(await cancel(body.id)).toMatchObject({ status: 409, body: { code: "payment_not_cancelable" } });
    expect(await read(body.id)).toMatchObject({ status: "unknown", outcome_unknown: true });
  });

  test("forty payments while they are being charged leaves each either canceled or charged once, never both", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const { body } = await stack.checkout.post({});
        const canceled = await cancel(body.id);
        const ended = canceled.status === 200 ? canceled.body : await stack.checkout.outcome(body.id);
        return { id: body.id, status: ended.status };
      }),
    );
    const charges = countByPayment(await readLedger(stack.info.simulatorUrl));
    for (const { id, status } of outcomes)
      expect([status, charges.get(id) ?? 0]).toEqual(status === "canceled" ? ["canceled", 0] : ["succeeded", 1]);
  });
});
