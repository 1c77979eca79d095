/** One captured charge: money that moved. Amounts are in the currency's minor unit. */
export type Charge = {
  readonly id: string;
  readonly payment_intent: string;
  /** `metadata.payment_id` of the PaymentIntent, which ties the money to whoever asked for it. */
  readonly payment_id: string | null;
  readonly amount: number;
  readonly currency: string;
  /** The Idempotency-Key of the confirm that captured it. */
  readonly idempotency_key: string | null;
  /** ISO 8601, UTC. */
  readonly captured_at: string;
};

/** The truth about money. It has one place per PaymentIntent, so a PaymentIntent cannot capture twice. */
export type Ledger = {
  /** Throws when this PaymentIntent has captured before. */
  assertRoomFor(charge: Charge): void;
  add(charge: Charge): void;
  /** Oldest first. */
  charges(): Charge[];
};

export function createLedger(): Ledger {
  const byPaymentIntent = new Map<string, Charge>();

  function assertRoomFor(charge: Charge): void {
    if (byPaymentIntent.has(charge.payment_intent)) {
      throw new Error(`${charge.payment_intent} has captured before; charge ${charge.id} would be its second`);
    }
  }

  return {
    assertRoomFor,
    add(charge) {
      assertRoomFor(charge);
      byPaymentIntent.set(charge.payment_intent, charge);
    },
    charges: () => [...byPaymentIntent.values()],
  };
}
