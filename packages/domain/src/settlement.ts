import type { Verdict } from "./next-step.ts";
import type { PaymentState } from "./payment-state.ts";

export type DeadLetterReason = "attempts_spent" | "no_progress" | "provider_mismatch";

/** What an attempt's verdict makes of its payment. */
export interface Settlement {
  status: Exclude<PaymentState, "queued" | "charging" | "canceled">;
  outcomeUnknown: boolean;
  /** Until the next try; null where there is none. */
  waitMs: number | null;
  failureCode: string | null;
  deadLetterReason: DeadLetterReason | null;
}

/** @param waitMs until the next attempt, null when the attempts are spent */
export function settlementOf(verdict: Verdict, waitMs: number | null): Settlement {
  const end = { outcomeUnknown: false, waitMs: null, failureCode: null, deadLetterReason: null };
  if (verdict.outcome === "succeeded") return { ...end, status: "succeeded" };
  if (verdict.outcome === "declined") return { ...end, status: "declined", failureCode: verdict.code };

  const open = { outcomeUnknown: verdict.outcome === "unknown", failureCode: verdict.code };
  const deadLetterReason = verdict.mismatch ? "provider_mismatch" : waitMs === null ? "attempts_spent" : null;
  if (deadLetterReason) return { ...open, status: "dead_lettered", waitMs: null, deadLetterReason };
  return { ...open, status: open.outcomeUnknown ? "unknown" : "retry_wait", waitMs, deadLetterReason };
}
