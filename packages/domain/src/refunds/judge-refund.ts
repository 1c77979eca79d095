import { type ProviderRefund, refundStateOf, type ShownState } from "./provider-refund.ts";
import { type RefundState, reservesMoney } from "./refund-state.ts";

/** A refund of ours that no charger is at work on, as far as it can be compared with the provider's. */
export interface JudgedRefund {
  status: RefundState;
  outcomeUnknown: boolean;
  amountMinor: number;
  currency: string;
  /** Null while nobody has seen one. */
  providerRefundId: string | null;
}

/** What evidence makes of a refund. `anomaly` contradicts what we held to be true, and goes to a person. */
export interface RefundJudgement {
  /** The state to move to; null where it stays as it is. */
  to: ShownState | null;
  anomaly: string | null;
  /** True where a charger should claim it and see for itself. */
  shouldWake: boolean;
}

const AGREES: RefundJudgement = { to: null, anomaly: null, shouldWake: false };

/**
 * What the provider's own refund says about ours. It moves what is pending or dead-lettered, and takes back a success that
 * the bank has sent back (`succeeded → failed`, a real transition at the provider). Any other contradiction flips nothing.
 *
 * @param shown null when the provider's list, read to its end, has none for it
 */
export function judgeRefund(refund: JudgedRefund, shown: ProviderRefund | null): RefundJudgement {
  if (shown === null) return judgeAbsence(refund);
  if (!REST.has(refund.status)) return { ...AGREES, shouldWake: true };
  if (shown.amountMinor !== refund.amountMinor || shown.currency !== refund.currency)
    return { ...AGREES, anomaly: "provider_mismatch" };
  const state = refundStateOf(shown);
  if (state === null || state === refund.status) return AGREES;

  const contradiction = `refund_${state}_though_${refund.status}`;
  switch (refund.status) {
    case "pending":
      return { ...AGREES, to: state };
    case "dead_lettered": {
      const wasThoughtUnmoved = !refund.outcomeUnknown && reservesMoney(state);
      return { ...AGREES, to: state, anomaly: wasThoughtUnmoved ? contradiction : null };
    }
    case "succeeded":
      return state === "failed" ? { ...AGREES, to: "failed" } : { ...AGREES, anomaly: contradiction };
    default:
      // Failed and canceled say the same about the money, which is back with the merchant.
      return reservesMoney(state) ? { ...AGREES, anomaly: contradiction } : AGREES;
  }
}

/** Whose state only evidence or a person moves; everything else is a charger's. */
const REST: ReadonlySet<RefundState> = new Set(["pending", "dead_lettered", "succeeded", "failed", "canceled"]);

/** The provider does not delete refunds: one that was seen there, and is not there any more, makes no sense. */
function judgeAbsence({ status, providerRefundId }: JudgedRefund): RefundJudgement {
  const wasSeen = providerRefundId !== null && REST.has(status) && reservesMoney(status);
  return wasSeen ? { ...AGREES, anomaly: "refund_not_at_provider" } : AGREES;
}
