import { setTimeout as delay } from "node:timers/promises";
import type { Pause, ReconcileOptions } from "./reconcile.ts";

const RETRY_WAITS_MS = [1_000, 3_000, 10_000];

/**
 * Asks the provider something that changes nothing there, and asks again a few times while it does not answer.
 *
 * @returns its answer, or why there is none
 */
export async function askProvider<Answer extends { kind: string }>(
  { session, signal, retryWaitsMs = RETRY_WAITS_MS }: ReconcileOptions,
  ask: () => Promise<Answer | { kind: "not_executed" | "unknown"; code: string }>,
): Promise<Exclude<Answer, { kind: "not_executed" | "unknown" }> | Pause> {
  for (let tries = 0; ; tries += 1) {
    // A sign of life, so that the server does not take the lock from us for being silent.
    await session.query("SELECT 1");
    if (signal?.aborted) return { kind: "stopped" };
    const answer = await ask();
    if (answer.kind !== "not_executed" && answer.kind !== "unknown")
      return answer as Exclude<Answer, { kind: "not_executed" | "unknown" }>;
    const { code } = answer as { code: string };
    const waitMs = retryWaitsMs[tries];
    // A key that is refused now is refused in ten seconds, too.
    if (waitMs === undefined || code === "provider_refused_our_key") return { kind: "provider_unreachable", code };
    if (!(await pause(waitMs, signal))) return { kind: "stopped" };
  }
}

/** The provider's word for why it did not show what it was asked for. */
export function codeOf(answer: { kind: string; code?: string }): string {
  return answer.code ?? "provider_unreadable";
}

/** @returns false when it was cut short by the signal */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await delay(ms, undefined, { ...(signal && { signal }) });
    return true;
  } catch {
    return false;
  }
}
