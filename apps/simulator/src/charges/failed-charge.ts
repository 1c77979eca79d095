/** A try that the bank declined. It moved no money, so the ledger has no place for it, but Stripe lists it as a charge. */
export type FailedCharge = {
  readonly id: string;
  readonly payment_intent: string;
  readonly amount: number;
  readonly currency: string;
  /** The token that was declined. */
  readonly payment_method: string;
  readonly failure_code: string;
  readonly failure_message: string;
  /** ISO 8601, UTC. */
  readonly failed_at: string;
};
