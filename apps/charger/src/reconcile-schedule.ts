import { openScheduledReconciliation, withReconciliationLock } from "@payonce/db";
import { describeError, type Logger } from "@payonce/service";
import type pg from "pg";
import { pause } from "./ask-provider.ts";
import { type ReconcileOptions, type ReconcileResult, reconcile } from "./reconcile.ts";
import { idleLimitMsFor } from "./reconcile-period.ts";

export interface ScheduleOptions extends Omit<ReconcileOptions, "session" | "apiVersion" | "signal" | "onProgress"> {
  pool: pg.Pool;
  /** 0 for never. */
  intervalMs: number;
  windowMs: number;
  logger: Logger;
}

/** Younger payments are still being charged: each would be a difference that is none. The next run compares them. */
const LAG_MS = 300_000;
/** How often a charger asks whether a run is due, or goes on with one that the provider did not answer. */
const MAX_POLL_MS = 60_000;

/**
 * Reconciles the last days again and again. Of all chargers one does it at a time: whether a run is due is asked of
 * Postgres, under a lock. It takes one page at a time and makes one provider call at a time, so it is bounded in whatever
 * it takes from live traffic.
 */
export function startReconcileSchedule(options: ScheduleOptions) {
  const { intervalMs, logger } = options;
  const stopping = new AbortController();
  let isFailing = false;
  const note = (result: object | null) => {
    // One line for an outage, not one for each vain try.
    if (result && !isFailing) logger.warn(result, "cannot reconcile; trying again");
    isFailing = result !== null;
  };
  const run = async () => {
    while (await pause(Math.min(intervalMs, MAX_POLL_MS), stopping.signal)) {
      try {
        const result = await reconcileWhenDue(options, stopping.signal);
        note(typeof result === "object" && result.kind === "provider_unreachable" ? { code: result.code } : null);
      } catch (error) {
        note({ error: describeError(error) });
      }
    }
  };
  const running = intervalMs > 0 ? run() : Promise.resolve();
  return {
    /** Resolves when the call in progress has ended. What is not finished then is gone on with by whoever is next. */
    async close() {
      stopping.abort();
      await running;
    },
  };
}

/** The scheduled run that is due, as far as it gets. */
export async function reconcileWhenDue(
  options: ScheduleOptions,
  signal?: AbortSignal,
): Promise<ReconcileResult | { kind: "provider_unreachable"; code: string } | "taken" | "not_due"> {
  const { pool, provider, intervalMs, windowMs, logger } = options;
  const identity = await provider.identify();
  if (!identity) return { kind: "provider_unreachable", code: "provider_account_unknown" };
  return withReconciliationLock(pool, "schedule", idleLimitMsFor(provider), async (session) => {
    const schedule = { intervalMs, windowMs, lagMs: LAG_MS };
    const due = await openScheduledReconciliation(session, identity.account, schedule);
    if (!due) return "not_due";
    const result = await reconcile({ ...options, session, apiVersion: identity.apiVersion, signal }, due);
    if (result.kind === "finished") {
      const { id, periodFrom, periodTo, charges, payments, healing, anomalies } = result.run;
      const level = healing + anomalies > 0 ? "warn" : "info";
      logger[level]({ id, periodFrom, periodTo, charges, payments, healing, anomalies }, "reconciled");
    }
    return result;
  });
}
