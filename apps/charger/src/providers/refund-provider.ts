import type { RefundAnswer, RefundReason } from "@payonce/domain";

/**
 * A payment provider, as refunding needs it. A call never throws for what the provider or the network does: that is an
 * answer. There is no call that shows one refund alone: the list of an object's refunds is as consistent, and shows at once
 * ours, one that was made twice, and those that others made.
 */
export interface RefundProvider {
  /** No call takes longer, from connecting to the last byte read. */
  readonly callTimeoutMs: number;
  /** Whose account our key opens. Null while that cannot be found out. */
  identify(): Promise<{ account: string; apiVersion: string } | null>;
  /**
   * Gives money back: there is no step before it that does not. The same key is the same refund, as long as the provider
   * remembers it.
   *
   * @param isTooLate asked at the last moment before the first byte leaves: then none does, and the answer is `not_executed`
   */
  refund(refund: RefundToMake, idempotencyKey: string, isTooLate: () => boolean): Promise<RefundAnswer>;
  /** Every refund of a charged object, whoever made it. `listed` only when the list was read to its end. */
  listRefunds(object: { id: string; apiVersion: string }): Promise<RefundAnswer>;
}

export interface RefundToMake {
  id: string;
  paymentId: string;
  amountMinor: number;
  reason: RefundReason | null;
  /** The object that took the money. */
  providerObjectId: string;
  apiVersion: string;
}
