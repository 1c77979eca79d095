import { openReconciliation, withReconciliationLock } from "@payonce/db";
import type pg from "pg";
import type { Period, Provider } from "./providers/provider.ts";
import { type Pause, type ReconcileOptions, type ReconcileResult, reconcile } from "./reconcile.ts";

export interface ReconcilePeriodOptions extends Omit<ReconcileOptions, "session" | "apiVersion"> {
  pool: pg.Pool;
  now: Date;
}

/** `taken` while another process compares the same period; `run` is null where none was begun. */
export type PeriodResult = ReconcileResult | (Pause & { run: null }) | { kind: "taken" };

/** How long after its payment an object is still expected: the retry schedule's hours, and time for an operator. */
const OBJECTS_COME_WITHIN_MS = 24 * 3_600_000;
/** The provider's clock may be ahead of ours. */
const MARGIN_MS = 300_000;

/**
 * Reconciles our payments of a period, going on with the period's unfinished run where there is one. The provider's
 * objects are listed from the period's start to a day after its end, or to now: most are made within seconds of their
 * payment. One that was made later still is met by the run over the day it was made; and a succeeded payment whose object
 * was not listed has it asked for by its id. So runs over successive periods miss nothing.
 */
export async function reconcilePeriod(options: ReconcilePeriodOptions, period: Period): Promise<PeriodResult> {
  const { pool, provider, now } = options;
  const identity = await provider.identify();
  if (!identity) return { kind: "provider_unreachable", code: "provider_account_unknown", run: null };
  const { account, apiVersion } = identity;
  const name = `${account} ${period.from.toISOString()} ${period.to.toISOString()}`;
  const result = await withReconciliationLock(pool, name, idleLimitMsFor(provider), async (session) => {
    const run = await openReconciliation(session, {
      periodFrom: period.from,
      periodTo: period.to,
      chargesTo: new Date(Math.min(period.to.getTime() + OBJECTS_COME_WITHIN_MS, now.getTime() + MARGIN_MS)),
      providerAccount: account,
    });
    return reconcile({ ...options, session, apiVersion }, run);
  });
  return result === "taken" ? { kind: "taken" } : result;
}

/** Longer than any silence between two statements of a run that is well. */
export function idleLimitMsFor({ callTimeoutMs }: Provider): number {
  return callTimeoutMs + 60_000;
}
