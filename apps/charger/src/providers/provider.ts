import type { ProviderAnswer } from "@payonce/domain";

/**
 * A payment provider, as the charger needs it. Charging is two steps: an object that cannot move money is created and
 * remembered, then confirmed. A call never throws for what the provider or the network does: that is an answer.
 */
export interface Provider {
  /** No call takes longer, from the first byte sent to the last one read. */
  readonly callTimeoutMs: number;
  /** Makes an unconfirmed object. The same payment gets the same object, as long as the provider remembers the key. */
  create(payment: PaymentToCreate): Promise<ProviderAnswer>;
  /** Takes the money. An object takes it once, however often this is called. */
  confirm(objectId: string, idempotencyKey: string): Promise<ProviderAnswer>;
  /** Shows the object as it is. Moves nothing. */
  retrieve(objectId: string): Promise<ProviderAnswer>;
  /** Closes an object that has not taken money, so that nobody can confirm it any more. */
  cancel(objectId: string, idempotencyKey: string): Promise<ProviderAnswer>;
}

export interface PaymentToCreate {
  id: string;
  amountMinor: number;
  currency: string;
  paymentMethod: string;
  description: string | null;
}
