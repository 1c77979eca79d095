import { join } from "node:path";
import { startStack } from "@payonce/stack";
import type { Contestant } from "../contestant.ts";

const PARTS = ["api", "relay", "charger"] as const;

const production = { NODE_ENV: "production" };

/** What production has where nothing is set; `npm start` has short ones, so that faults heal while one watches. */
const DEFAULT_TIMINGS = {
  relay: { RELAY_POLL_MS: "1000", SWEEP_INTERVAL_MS: "30000", SWEEP_GRACE_MS: "60000" },
  charger: {
    PROVIDER_TIMEOUT_MS: "20000",
    RETRY_WAITS_MS: "2000,10000,30000,120000,600000,3600000,21600000",
    JOB_LOCK_MS: "30000",
    BREAKER_OPEN_MS: "5000",
    BREAKER_MAX_OPEN_MS: "60000",
  },
};

export const payonce: Contestant = {
  name: "payonce",
  says: "as it is shipped: one api, one relay, one charger, every rule of money in force",
  books: {
    reset: "TRUNCATE payments CASCADE",
    countSettled: "SELECT count(*)::int AS count FROM payments WHERE status = 'succeeded'",
    settled: `SELECT created_at AS accepted_at, at AS settled_at FROM payments
      JOIN timeline ON payment_id = id AND kind = 'succeeded'`,
  },
  settlesLater: true,
  async start({ home, databaseUrl, redisUrl, providerUrl, onPid, onDeath, signal }) {
    const stack = await startStack({
      home: join(home, "payonce"),
      databaseUrl,
      redisUrl,
      // Those that neither accept nor charge are left out; the provider is the benchmark's own.
      counts: { simulator: 0, notifier: 0, ops: 0, checkout: 0 },
      env: {
        // One key stands for all customers of a shop here, and would be kept to 200 requests a second.
        api: { ...production, RATE_LIMIT_SECRET_KEY: "0" },
        relay: { ...production, ...DEFAULT_TIMINGS.relay },
        // Comparing a day's charges with the provider's list is no part of a payment's price.
        charger: {
          ...production,
          ...DEFAULT_TIMINGS.charger,
          STRIPE_API_BASE: providerUrl,
          RECONCILE_INTERVAL_MS: "0",
        },
      },
      throwaway: true,
      log: onDeath,
      signal,
    });
    const pids = () => Object.fromEntries(PARTS.map((part) => [part, stack.info.pids[part][0] ?? 0]));
    for (const [name, pid] of Object.entries(pids())) onPid(`payonce-${name}`, pid);
    return {
      target: { url: stack.info.apiUrl, secretKey: stack.info.secretKey },
      pids,
      async stop() {
        await stack.stop();
        for (const name of PARTS) onPid(`payonce-${name}`, undefined);
      },
    };
  },
};
