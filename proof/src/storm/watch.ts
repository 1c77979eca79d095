import { setTimeout as delay } from "node:timers/promises";
import { checkInvariants, type Finding } from "../invariants/check-invariants.ts";
import type { Facts } from "../invariants/facts.ts";
import type { Observer } from "./observe.ts";

export interface Caught {
  findings: Finding[];
  facts: Facts;
}

const EVERY_MS = 1_000;

/**
 * Checks what must hold at every moment, again and again, until it is closed or something is found. A look that takes long
 * makes the next one wait, so that watching is never most of the work.
 *
 * @returns the first that was found; null when nothing was
 */
export async function watchSafety(observer: Pick<Observer, "glance">, closing: AbortSignal): Promise<Caught | null> {
  while (!closing.aborted) {
    const startedAt = Date.now();
    // Postgres may be what is struck just now.
    const facts = await observer.glance().catch(() => null);
    const findings = facts ? checkInvariants(facts, "always") : [];
    if (facts && findings.length > 0) return { findings, facts };
    const tookMs = Date.now() - startedAt;
    await delay(Math.max(EVERY_MS, 4 * tookMs), undefined, { signal: closing }).catch(() => {});
  }
  return null;
}
