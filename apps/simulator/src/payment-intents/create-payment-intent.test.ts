import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startTestSimulator, type TestClient } from "../test-client.ts";

const PATH = "/v1/payment_intents";

describe("create", () => {
  let client: TestClient;

  beforeAll(async () => {
    client = await startTestSimulator();
  });
  afterAll(() => client.close());

  it("makes an unconfirmed PaymentIntent that anyone can retrieve, and charges nothing", async () => {
    const created = await client
      .post(PATH, {
        amount: "1250",
        currency: "USD",
        confirm: "false",
        description: "Two books",
        payment_method: "pm_card_visa",
        "payment_method_types[0]": "card",
        "metadata[payment_id]": "pay_1",
        "metadata[install_id]": "here",
      })
      .expect(200);
    expect(created.body).toMatchObject({
      id: expect.stringMatching(/^pi_\w{24}$/),
      object: "payment_intent",
      amount: 1250,
      amount_received: 0,
      currency: "usd",
      status: "requires_confirmation",
      description: "Two books",
      payment_method: "pm_card_visa",
      payment_method_types: ["card"],
      metadata: { payment_id: "pay_1", install_id: "here" },
      latest_charge: null,
      last_payment_error: null,
      livemode: false,
    });
    const retrieved = await client.get(`${PATH}/${created.body.id}?expand[]=latest_charge`).expect(200);
    expect(retrieved.body).toEqual(created.body);
    expect(await client.ledger()).toEqual([]);
  });

  it("waits for a payment method where none is given", async () => {
    const created = await client.post(PATH, { amount: "1", currency: "jpy" }).expect(200);
    expect(created.body).toMatchObject({ status: "requires_payment_method", payment_method: null });
  });

  it.each([
    ["no amount", { currency: "usd" }, "amount", "parameter_missing"],
    ["no currency", { amount: "1" }, "currency", "parameter_missing"],
    ["an unknown currency", { amount: "1", currency: "xyz" }, "currency", undefined],
    ["amount 0", { amount: "0", currency: "usd" }, "amount", "parameter_invalid_integer"],
    ["a negative amount", { amount: "-5", currency: "usd" }, "amount", "parameter_invalid_integer"],
    ["a fraction", { amount: "12.5", currency: "usd" }, "amount", "parameter_invalid_integer"],
    ["an exponent", { amount: "1e3", currency: "usd" }, "amount", "parameter_invalid_integer"],
    ["a nine-digit amount", { amount: "100000000", currency: "usd" }, "amount", "amount_too_large"],
    ["an empty amount", { amount: "", currency: "usd" }, "amount", "parameter_invalid_empty"],
    ["a list for amount", { "amount[]": "1", currency: "usd" }, "amount", undefined],
    ["an unknown parameter", { amount: "1", currency: "usd", amuont: "1" }, "amuont", "parameter_unknown"],
    ["confirm=true", { amount: "1", currency: "usd", confirm: "true" }, "confirm", undefined],
    ["manual capture", { amount: "1", currency: "usd", capture_method: "manual" }, "capture_method", undefined],
    ["nested metadata", { amount: "1", currency: "usd", "metadata[a][b]": "c" }, "metadata[a]", undefined],
    ["long metadata", { amount: "1", currency: "usd", "metadata[a]": "x".repeat(501) }, "metadata[a]", undefined],
  ])("refuses %s and names the parameter", async (_title, form, param, code) => {
    const refused = await client.post(PATH, form as Record<string, string>).expect(400);
    expect(refused.body.error).toMatchObject({ type: "invalid_request_error", param, message: expect.any(String) });
    expect(refused.body.error.code).toBe(code);
  });

  it.each(["pm_nothing", "constructor", "__proto__"])("knows no payment method %s", async (token) => {
    const form = { amount: "1", currency: "usd", payment_method: token };
    const refused = await client.post(PATH, form).expect(400);
    expect(refused.body.error).toMatchObject({
      type: "invalid_request_error",
      code: "resource_missing",
      param: "payment_method",
      message: `No such PaymentMethod: '${token}'`,
    });
  });
});
