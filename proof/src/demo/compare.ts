import { setMaxListeners } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOrphanGuard } from "@payonce/stack";
import type { Plan } from "./plan.ts";
import { runSide, type SideResult, type SideRun } from "./run-side.ts";
import { startNaiveSide } from "./sides/naive-side.ts";
import { startPayonceSide } from "./sides/payonce-side.ts";

export interface CompareOptions {
  plan: Plan;
  /** How long both services wait for one call to the provider. */
  providerTimeoutMs: number;
  /** Aborted to give up; nothing is left running then. */
  signal: AbortSignal;
  /** Wraps each long step, to show it. */
  step?: <T>(title: string, work: () => Promise<T>) => Promise<T>;
  /** Shows the two runs until their results are there. */
  watch?: (runs: readonly SideRun[]) => Promise<void>;
}

/**
 * Runs the same plan against the naive service and against Payonce, at the same time, each with a provider of its own, in
 * folders that go afterwards.
 *
 * @throws when one of them cannot be started or does not come to rest
 */
export async function compare(options: CompareOptions): Promise<{ naive: SideResult; payonce: SideResult }> {
  const { plan, providerTimeoutMs, signal, step = (_title, work) => work(), watch } = options;
  // Each waiting customer listens.
  setMaxListeners(0, signal);
  const home = mkdtempSync(join(tmpdir(), "payonce-demo-"));
  const guard = createOrphanGuard([home]);
  const releases: (() => unknown)[] = [guard.release, () => rmSync(home, { recursive: true, force: true })];
  const sideOptions = (name: string) => {
    const own = join(home, name);
    mkdirSync(own, { mode: 0o711 });
    return { home: own, plan, providerTimeoutMs, signal, releases };
  };
  try {
    const { side: payonce, databaseUrl } = await step("Start Payonce: Postgres, Redis, api, relay, two chargers", () =>
      startPayonceSide(sideOptions("payonce")),
    );
    const naive = await step("Start the naive service", () => startNaiveSide(databaseUrl, sideOptions("naive")));
    const runs = [runSide(naive, plan, signal), runSide(payonce, plan, signal)] as const;
    const results = Promise.all([runs[0].result, runs[1].result]);
    // Whoever watches must not be the only one to see it fail.
    results.catch(() => {});
    await watch?.(runs);
    const [naiveResult, payonceResult] = await results;
    return { naive: naiveResult, payonce: payonceResult };
  } finally {
    await step("Stop everything", () => releaseAll(releases));
  }
}

async function releaseAll(releases: (() => unknown)[]): Promise<void> {
  for (const release of releases.reverse()) {
    try {
      await release();
    } catch (error) {
      // The others must be stopped all the same.
      console.error(error);
    }
  }
}
