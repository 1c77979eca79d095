import type { AppName } from "@payonce/stack";

const short = {
  JOB_LOCK_MS: "2000",
  SWEEP_INTERVAL_MS: "700",
  SWEEP_GRACE_MS: "1500",
};

/** Minutes of a real day's trouble in seconds: everything waits for less, and in the same order of size as in production. */
export const stormTimings: Record<AppName, Record<string, string>> = {
  simulator: { SIMULATOR_SLOW_MS: "250" },
  charger: {
    PROVIDER_TIMEOUT_MS: "700",
    RETRY_WAITS_MS: "150,300,600,1200,2400,4000",
    REFUND_LOOK_WAITS_MS: "300,600,1500",
    // Above a lease, which is five calls and a second.
    REFUND_QUIET_MS: "5000",
    BREAKER_OPEN_MS: "300",
    BREAKER_MAX_OPEN_MS: "1000",
    JOB_LOCK_MS: short.JOB_LOCK_MS,
    RECONCILE_INTERVAL_MS: "10000",
  },
  relay: {
    RELAY_POLL_MS: "300",
    SWEEP_INTERVAL_MS: short.SWEEP_INTERVAL_MS,
    SWEEP_GRACE_MS: short.SWEEP_GRACE_MS,
    // A storm and its healing long: the last one is after everything has come to rest.
    REFUND_REVIEW_WAITS_MS: [3, 10, 30, 60, 100, 150, 200].map((s) => s * 1_000).join(","),
  },
  notifier: {
    ...short,
    WEBHOOK_TIMEOUT_MS: "1000",
    // Long enough a schedule that a storm never uses it up.
    WEBHOOK_RETRY_WAITS_MS: [200, 400, 800, ...Array.from({ length: 46 }, () => 1500)].join(","),
    WEBHOOK_POLL_MS: "300",
  },
  api: {
    DATABASE_TIMEOUT_MS: "2000",
    RATE_LIMIT_SECRET_KEY: "0",
    RATE_LIMIT_PUBLISHABLE_KEY: "0",
    RATE_LIMIT_PREFLIGHT: "0",
    RATE_LIMIT_FAILURE: "0",
  },
  ops: {},
  checkout: {},
};
