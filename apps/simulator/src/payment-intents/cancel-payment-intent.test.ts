import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startTestSimulator, type TestClient } from "../test-client.ts";

describe("cancel", () => {
  let client: TestClient;

  beforeAll(async () => {
    client = await startTestSimulator();
  });
  afterAll(() => client.close());

  const cancel = (id: string, form = {}) => client.post(`/v1/payment_intents/${id}/cancel`, form);

  it("cancels an unconfirmed PaymentIntent and keeps the reason", async () => {
    const id = await client.create("pm_card_visa");
    const canceled = await cancel(id, { cancellation_reason: "abandoned" }).expect(200);
    expect(canceled.body).toMatchObject({
      status: "canceled",
      cancellation_reason: "abandoned",
      canceled_at: expect.any(Number),
    });
  });

  it("cancels one that was declined, and one that waits for authentication", async () => {
    for (const token of ["pm_card_chargeDeclined", "pm_card_authenticationRequired"]) {
      const id = await client.create(token);
      await client.confirm(id);
      const canceled = await cancel(id).expect(200);
      expect(canceled.body).toMatchObject({ status: "canceled", next_action: null });
    }
  });

  it("refuses to cancel one that is canceled or has charged, and shows it", async () => {
    const canceled = await client.create("pm_card_visa");
    await cancel(canceled).expect(200);
    const charged = await client.create("pm_card_visa");
    await client.confirm(charged).expect(200);
    for (const [id, status] of Object.entries({ [canceled]: "canceled", [charged]: "succeeded" })) {
      const refused = await cancel(id).expect(400);
      expect(refused.body.error).toMatchObject({
        code: "payment_intent_unexpected_state",
        payment_intent: { id, status },
      });
    }
  });

  it("answers 404 to an unknown id and 400 to an unknown reason", async () => {
    await cancel("pi_nothing").expect(404);
    await cancel(await client.create("pm_card_visa"), { cancellation_reason: "mood" }).expect(400);
  });
});
