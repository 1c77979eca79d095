import { describe, expect, it } from "@jest/globals";
import { type Charge, createLedger } from "./ledger.ts";

describe("ledger", () => {
  const charge = (id: string, payment_intent: string): Charge => ({
    id,
    payment_intent,
    payment_id: null,
    amount: 1,
    currency: "usd",
    idempotency_key: null,
    captured_at: "2026-01-01T00:00:00.000Z",
  });

  it("has no room for a second charge of one PaymentIntent", () => {
    const ledger = createLedger();
    ledger.add(charge("ch_1", "pi_1"));
    ledger.add(charge("ch_2", "pi_2"));
    expect(() => ledger.assertRoomFor(charge("ch_3", "pi_1"))).toThrow("pi_1 has captured before");
    expect(() => ledger.add(charge("ch_3", "pi_1"))).toThrow("pi_1 has captured before");
    expect(ledger.charges().map(({ id }) => id)).toEqual(["ch_1", "ch_2"]);
  });
});
