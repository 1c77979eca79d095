import type { Evidence } from "../provider-answer.ts";
import type { RefundState } from "./refund-state.ts";

/** A refund as the provider shows it. */
export interface ProviderRefund {
  id: string;
  /** The provider's own word; see `refundStateOf`. */
  state: string;
  amountMinor: number;
  /** Lower-case ISO 4217. */
  currency: string;
  /** Why it failed, where it did. */
  failureReason: string | null;
  /** Which of our refunds it was made for, as its metadata says; null where others made it. */
  refundId: string | null;
}

export type RefundEvidence = Omit<Evidence, "operation"> & {
  operation: "refund" | "list_refunds";
  /** The provider said that this is a stored answer to an earlier request under the same key. */
  isReplayed?: boolean;
};

/** What a call about refunds came back with. Answers are data, as in `ProviderAnswer`. */
export type RefundAnswer =
  /** The refund that was made. `isReplayed`: as it was when it was made, which may be some time ago. */
  | { kind: "shown"; refund: ProviderRefund; isReplayed: boolean; evidence: RefundEvidence }
  /** Every refund of one object, also those that others made. Only where the list was read to its end. */
  | { kind: "listed"; refunds: ProviderRefund[]; evidence: RefundEvidence }
  /** The provider refused for good, and nothing ran. `contradictsSums`: because it says that less is left than we do. */
  | { kind: "refused"; code: string; contradictsSums: boolean; evidence: RefundEvidence }
  /** Provably nothing ran: the request never left, or was turned away unread. */
  | { kind: "not_executed"; code: string; evidence: RefundEvidence }
  /**
   * Anything else: the money may have moved. `isKeySpent`: this key answers with a stored error, now and as long as the
   * provider remembers it, so nothing that is sent under it can move money any more.
   */
  | { kind: "unknown"; code: string; isKeySpent: boolean; evidence: RefundEvidence };

export type ShownState = Extract<RefundState, "pending" | "succeeded" | "failed" | "canceled">;

/** What the provider's word means to us; null for a word that we do not know, from which nothing may follow. */
export function refundStateOf(refund: ProviderRefund): ShownState | null {
  return STATES.get(refund.state) ?? null;
}

const STATES: ReadonlyMap<string, ShownState> = new Map([
  ["pending", "pending"],
  // The customer has to say where the money should go. It exists, and it is not over.
  ["requires_action", "pending"],
  ["succeeded", "succeeded"],
  ["failed", "failed"],
  ["canceled", "canceled"],
]);

/**
 * The provider's refund that was made for ours. There is one at most, unless something went wrong: then the one that has
 * moved money, or may have, is held on to, and `isDoubled` has a person told.
 */
export function findOwnRefund(
  refunds: readonly ProviderRefund[],
  refundId: string,
): { refund: ProviderRefund; isDoubled: boolean } | null {
  const own = refunds.filter((refund) => refund.refundId === refundId).sort((a, b) => rank(a) - rank(b));
  return own[0] ? { refund: own[0], isDoubled: own.length > 1 } : null;
}

function rank(refund: ProviderRefund): number {
  return ["succeeded", "pending", null, "failed", "canceled"].indexOf(refundStateOf(refund));
}
