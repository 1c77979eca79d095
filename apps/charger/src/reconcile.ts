import { finishReconciliation, type ReconciliationRun } from "@payonce/db";
import type pg from "pg";
import type { Provider } from "./providers/provider.ts";
import { reconcileCharges } from "./reconcile-charges.ts";
import { reconcilePayments } from "./reconcile-payments.ts";

export interface ReconcileOptions {
  /** The session that holds the run's lock. */
  session: pg.PoolClient;
  provider: Provider;
  apiVersion: string;
  /** How many payments a statement takes; the provider's pages are as long as it makes them. */
  pageSize?: number;
  /** A payment that is being charged is read again after this: most are through by then. */
  rereadAfterMs?: number;
  /** Waits between tries of a provider call that was not answered. */
  retryWaitsMs?: readonly number[];
  signal?: AbortSignal | undefined;
  onProgress?: ((run: ReconciliationRun) => void) | undefined;
}

/** Why a run is not finished. Where it is stays written: the next run of the period goes on from there. */
export type Pause =
  | { kind: "stopped" }
  /** `code` as the provider adapter gives it. */
  | { kind: "provider_unreachable"; code: string };

/** What became of one page: saved, or past the last one, or not done. */
export type Turn = { kind: "saved"; run: ReconciliationRun } | { kind: "done" } | Pause;

export type ReconcileResult = { kind: "finished"; run: ReconciliationRun } | (Pause & { run: ReconciliationRun });

/**
 * Compares the provider's charges with our payments, both ways, and leaves a page at a time: first whether each charge
 * has the payment it should have, then whether each succeeded payment has its charge. What differs heals, by having the
 * charger look at the payment again, or becomes an anomaly. Nothing else is changed, so running it again, or beside
 * itself, or in the middle of live traffic, does no harm.
 *
 * All that is known of a run is in Postgres: nothing is kept per charge in the process.
 */
export async function reconcile(options: ReconcileOptions, begun: ReconciliationRun): Promise<ReconcileResult> {
  for (let run = begun; ; ) {
    if (options.signal?.aborted) return { kind: "stopped", run };
    const turn = run.isProviderListed ? await reconcilePayments(options, run) : await reconcileCharges(options, run);
    if (turn.kind === "done") return { kind: "finished", run: await finishReconciliation(options.session, run.id) };
    if (turn.kind !== "saved") return { ...turn, run };
    run = turn.run;
    options.onProgress?.(run);
  }
}
