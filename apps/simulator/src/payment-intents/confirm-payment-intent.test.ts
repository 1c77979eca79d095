import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { startTestSimulator, type TestClient } from "../test-client.ts";

describe("confirm", () => {
  let client: TestClient;

  beforeEach(async () => {
    client = await startTestSimulator();
  });
  afterEach(() => client.close());

  it("charges once and tells the ledger whose money it was", async () => {
    const id = await client.create("pm_card_visa", { "metadata[payment_id]": "pay_1" });
    const confirmed = await client.confirm(id, "k1", { error_on_requires_action: "true" }).expect(200);
    expect(confirmed.body).toMatchObject({ id, status: "succeeded", amount_received: 1250 });
    expect(await client.ledger()).toEqual([
      {
        id: confirmed.body.latest_charge,
        payment_intent: id,
        payment_id: "pay_1",
        amount: 1250,
        currency: "usd",
        idempotency_key: "k1",
        captured_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    ]);
  });

  it("charges once when twenty confirms come together, under keys of their own or none", async () => {
    const id = await client.create("pm_card_visa");
    const keys = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? `k${n}` : undefined));
    const answers = await Promise.all(keys.map((key) => client.confirm(id, key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(400)]);
    const refused = answers.find(({ status }) => status === 400);
    expect(refused?.body.error).toMatchObject({
      code: "payment_intent_unexpected_state",
      payment_intent: { id, status: "succeeded" },
    });
    expect(await client.ledger()).toHaveLength(1);
  });

  it.each([
    ["", "card_declined", "generic_decline"],
    ["InsufficientFunds", "card_declined", "insufficient_funds"],
    ["LostCard", "card_declined", "lost_card"],
    ["StolenCard", "card_declined", "stolen_card"],
    ["ExpiredCard", "expired_card", "expired_card"],
    ["IncorrectCvc", "incorrect_cvc", "incorrect_cvc"],
    ["ProcessingError", "processing_error", "processing_error"],
  ])("declines chargeDeclined%s with code %s", async (suffix, code, decline_code) => {
    for (const token of [`pm_card_chargeDeclined${suffix}`, `pm_card_visa_chargeDeclined${suffix}`]) {
      const id = await client.create(token);
      const declined = await client.confirm(id).expect(402);
      const { payment_intent, ...error } = declined.body.error;
      expect(error).toMatchObject({ type: "card_error", code, decline_code, charge: expect.stringMatching(/^ch_/) });
      expect(payment_intent).toMatchObject({
        id,
        status: "requires_payment_method",
        payment_method: null,
        latest_charge: error.charge,
        last_payment_error: { code, decline_code, charge: error.charge },
      });
    }
    expect(await client.ledger()).toEqual([]);
  });

  it("can still charge a declined PaymentIntent, with another card or the same, until it is canceled", async () => {
    const id = await client.create("pm_card_chargeDeclined");
    await client.confirm(id).expect(402);
    await client.confirm(id).expect(402);
    const charged = await client.confirm(id, "k1", { payment_method: "pm_card_amex" }).expect(200);
    expect(charged.body).toMatchObject({
      status: "succeeded",
      payment_method: "pm_card_amex",
      last_payment_error: null,
    });

    const other = await client.create("pm_card_chargeDeclined");
    await client.confirm(other).expect(402);
    await client.post(`/v1/payment_intents/${other}/cancel`).expect(200);
    const refused = await client.confirm(other, "k2", { payment_method: "pm_card_visa" }).expect(400);
    expect(refused.body.error).toMatchObject({
      code: "payment_intent_unexpected_state",
      payment_intent: { status: "canceled" },
    });
    expect(await client.ledger()).toHaveLength(1);
  });

  it("asks for authentication, or declines for it where the caller cannot do any", async () => {
    const id = await client.create("pm_card_authenticationRequired");
    const waiting = await client.confirm(id).expect(200);
    expect(waiting.body).toMatchObject({ status: "requires_action", amount_received: 0 });

    const other = await client.create("pm_card_authenticationRequired");
    const declined = await client.confirm(other, "k1", { error_on_requires_action: "true" }).expect(402);
    expect(declined.body.error).toMatchObject({ type: "card_error", code: "authentication_required" });
    expect(await client.ledger()).toEqual([]);
  });

  it("refuses an unknown PaymentIntent, an unknown card, an unknown parameter, and no card at all", async () => {
    const missing = await client.confirm("pi_nothing").expect(404);
    expect(missing.body.error).toMatchObject({ code: "resource_missing" });
    const id = await client.create("pm_card_visa");
    const unknownCard = await client.confirm(id, "k1", { payment_method: "pm_nothing" }).expect(400);
    expect(unknownCard.body.error).toMatchObject({ code: "resource_missing", param: "payment_method" });
    const unknownParam = await client.confirm(id, "k1", { amount: "1" }).expect(400);
    expect(unknownParam.body.error).toMatchObject({ code: "parameter_unknown", param: "amount" });
    const bare = await client.post("/v1/payment_intents", { amount: "1", currency: "usd" }).expect(200);
    const noCard = await client.confirm(bare.body.id).expect(400);
    expect(noCard.body.error).toMatchObject({ code: "payment_intent_unexpected_state" });
    expect(await client.ledger()).toEqual([]);
  });
});
