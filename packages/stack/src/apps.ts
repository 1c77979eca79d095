import { join } from "node:path";
import { repositoryRoot } from "./stack-home.ts";

export type AppName = "simulator" | "charger" | "relay" | "notifier" | "api" | "ops" | "checkout";

/** What an app's environment is made of. */
export interface AppSurroundings {
  home: string;
  databaseUrl: string;
  redisUrl: string;
  simulatorUrl: string;
  apiUrl: string;
  opsUrl: string;
  /** The test merchant's. */
  secretKey: string;
  publishableKey: string;
  /** Encrypts the signing secrets of webhook endpoints. */
  webhookSecretKey: string;
}

export interface App {
  name: AppName;
  /** The compiled file that node runs. */
  main: string;
  /** Port tried first for the first copy; undefined for an app that serves nobody but Prometheus. */
  defaultPort?: number;
  hasMetrics: boolean;
  /** All of these answer 200 once it does its work; on the metrics port where it has no other. */
  readyPaths: readonly string[];
  env(surroundings: AppSurroundings): Record<string, string>;
}

/** Short, so that a fault heals while one watches; in production minutes and hours are right. */
export const shortTimings = {
  providerTimeoutMs: 2000,
  retryWaitsMs: [500, 1000, 2000, 4000, 8000, 15_000, 30_000],
  refundLookWaitsMs: [1000, 2000, 5000],
  refundQuietMs: 12_000,
  sweepIntervalMs: 2000,
  webhookTimeoutMs: 3000,
  webhookRetryWaitsMs: [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000],
};

const stores = ({ databaseUrl, redisUrl }: AppSurroundings) => ({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl });

/** Signs hints from a provider that moves no money; in production it is Stripe's. */
const simulatorWebhookSecret = "whsec_simulator";

/** Receivers are on this machine as well. */
const webhooks = ({ webhookSecretKey }: AppSurroundings) => ({
  WEBHOOK_SECRET_KEY: webhookSecretKey,
  WEBHOOK_ALLOWED_NETWORKS: "127.0.0.0/8,::1/128",
});

const compiled = (name: string) => join(repositoryRoot, "apps", name, "dist", "main.js");

/** In the order in which they are started; they are stopped in the reverse order. */
export const apps: readonly App[] = [
  {
    name: "simulator",
    main: compiled("simulator"),
    defaultPort: 3002,
    hasMetrics: false,
    readyPaths: ["/healthz"],
    env: ({ home, apiUrl }) => ({
      SIMULATOR_DATA_DIR: join(home, "simulator"),
      SIMULATOR_WEBHOOK_URL: `${apiUrl}/v1/provider-webhooks/stripe`,
      SIMULATOR_WEBHOOK_SECRET: simulatorWebhookSecret,
    }),
  },
  {
    name: "charger",
    main: compiled("charger"),
    hasMetrics: true,
    readyPaths: ["/metrics"],
    env: (surroundings) => ({
      ...stores(surroundings),
      STRIPE_API_BASE: surroundings.simulatorUrl,
      STRIPE_API_KEY: "sk_test_simulator",
      PROVIDER_TIMEOUT_MS: String(shortTimings.providerTimeoutMs),
      RETRY_WAITS_MS: shortTimings.retryWaitsMs.join(","),
      REFUND_LOOK_WAITS_MS: shortTimings.refundLookWaitsMs.join(","),
      REFUND_QUIET_MS: String(shortTimings.refundQuietMs),
      JOB_LOCK_MS: "5000",
      BREAKER_OPEN_MS: "500",
      BREAKER_MAX_OPEN_MS: "2000",
    }),
  },
  {
    name: "relay",
    main: compiled("relay"),
    hasMetrics: true,
    readyPaths: ["/metrics"],
    env: (surroundings) => ({
      ...stores(surroundings),
      RELAY_POLL_MS: "500",
      SWEEP_INTERVAL_MS: String(shortTimings.sweepIntervalMs),
      SWEEP_GRACE_MS: "3000",
    }),
  },
  {
    name: "notifier",
    main: compiled("notifier"),
    hasMetrics: true,
    readyPaths: ["/metrics"],
    env: (surroundings) => ({
      ...stores(surroundings),
      ...webhooks(surroundings),
      WEBHOOK_TIMEOUT_MS: String(shortTimings.webhookTimeoutMs),
      WEBHOOK_RETRY_WAITS_MS: shortTimings.webhookRetryWaitsMs.join(","),
      WEBHOOK_POLL_MS: "500",
      SWEEP_INTERVAL_MS: String(shortTimings.sweepIntervalMs),
      SWEEP_GRACE_MS: "3000",
      JOB_LOCK_MS: "5000",
    }),
  },
  {
    name: "api",
    main: compiled("api"),
    defaultPort: 3000,
    hasMetrics: true,
    readyPaths: ["/healthz", "/readyz"],
    env: (surroundings) => ({
      ...stores(surroundings),
      ...webhooks(surroundings),
      STRIPE_WEBHOOK_SECRET: simulatorWebhookSecret,
    }),
  },
  {
    name: "ops",
    main: compiled("ops"),
    defaultPort: 3001,
    hasMetrics: true,
    readyPaths: ["/healthz", "/readyz"],
    env: (surroundings) => ({ ...stores(surroundings), PUBLIC_URL: surroundings.opsUrl }),
  },
  {
    name: "checkout",
    main: compiled("checkout"),
    defaultPort: 3003,
    hasMetrics: false,
    readyPaths: ["/healthz"],
    env: ({ apiUrl, simulatorUrl, secretKey, publishableKey }) => ({
      PAYONCE_URL: apiUrl,
      PAYONCE_SECRET_KEY: secretKey,
      PAYONCE_PUBLISHABLE_KEY: publishableKey,
      SIMULATOR_URL: simulatorUrl,
    }),
  },
];
