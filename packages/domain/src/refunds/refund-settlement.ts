import type { DeadLetterReason } from "../settlement.ts";
import type { RefundVerdict } from "./next-refund-step.ts";
import type { ProviderRefund, ShownState } from "./provider-refund.ts";
import type { RefundState } from "./refund-state.ts";

/** What an attempt's verdict makes of its refund. */
export interface RefundSettlement {
  status: Exclude<RefundState, "queued" | "refunding">;
  outcomeUnknown: boolean;
  /** Until the next try, or the next look; null where there is none. */
  waitMs: number | null;
  failureCode: string | null;
  deadLetterReason: DeadLetterReason | null;
}

/**
 * @param waitMs until the next attempt, null when the attempts are spent
 * @param lookWaitMs until a refund that the provider has, but has not finished, is looked at
 */
export function refundSettlementOf(
  verdict: RefundVerdict,
  waitMs: number | null,
  lookWaitMs: number,
): RefundSettlement {
  const end = { outcomeUnknown: false, waitMs: null, failureCode: null, deadLetterReason: null };
  if (verdict.outcome === "refused") return { ...end, status: "failed", failureCode: verdict.code };
  if (verdict.outcome === "shown") {
    const { state, refund } = verdict;
    const failureCode = refundFailureCode(state, refund);
    return { ...end, status: state, failureCode, waitMs: state === "pending" ? lookWaitMs : null };
  }
  const open = { outcomeUnknown: verdict.outcome === "unknown", failureCode: verdict.code };
  const isMismatch = verdict.outcome === "unknown" && verdict.anomaly === "provider_mismatch";
  const deadLetterReason = isMismatch ? "provider_mismatch" : waitMs === null ? "attempts_spent" : null;
  if (deadLetterReason) return { ...open, status: "dead_lettered", waitMs: null, deadLetterReason };
  return { ...open, status: open.outcomeUnknown ? "unknown" : "retry_wait", waitMs, deadLetterReason };
}

/** Why a refund that the provider shows in this state brought no money; null where it did, or still may. */
export function refundFailureCode(state: ShownState, refund: ProviderRefund): string | null {
  if (state === "failed") return refund.failureReason ?? "refund_failed";
  return state === "canceled" ? "canceled_at_provider" : null;
}
