import { DEFAULT_LOOK_WAITS_MS, DEFAULT_RETRY_WAITS_MS } from "@payonce/domain";
import { databaseUrl, redisPrefix, redisUrl, serviceConfig, waits, whole } from "@payonce/service";
import { z } from "zod";

export const configSchema = z.object({
  ...serviceConfig,
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  REDIS_PREFIX: redisPrefix,
  STRIPE_API_KEY: z.string().regex(/^[rs]k_(test|live)_\w+$/, "must be a Stripe secret or restricted key"),
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/, error: "must be an http:// or https:// url" })
    .default("https://api.stripe.com"),
  /** Deadline of one provider call, from connecting to the last byte read. */
  PROVIDER_TIMEOUT_MS: whole(100, 120_000).default(20_000),
  /** Waits between attempts; one attempt more than there are waits is made. */
  RETRY_WAITS_MS: waits(DEFAULT_RETRY_WAITS_MS),
  /** Waits between looks at a refund that the provider has and has not finished; the last one goes on. */
  REFUND_LOOK_WAITS_MS: waits(DEFAULT_LOOK_WAITS_MS),
  /**
   * How long after a request for a refund left it may still be on its way: in a proxy, or in a queue of the provider's. Only
   * after that another key may be used, which to the provider is another refund. Far more than any call takes.
   */
  REFUND_QUIET_MS: whole(100, 86_400_000).default(1_800_000),
  /** So many attempts in a row that the provider did not answer sensibly stop this process from taking jobs. */
  BREAKER_FAILURES: whole(1, 10_000).default(20),
  /** How long it then takes none, at first and at most; after that one job is tried. */
  BREAKER_OPEN_MS: whole(10, 600_000).default(5_000),
  BREAKER_MAX_OPEN_MS: whole(10, 3_600_000).default(60_000),
  /** The account of STRIPE_API_KEY. Asked of Stripe where not set; a restricted key may not be told. */
  STRIPE_ACCOUNT: z
    .string()
    .regex(/^acct_\w+$/, "must be a Stripe account id")
    .optional(),
  /**
   * Jobs worked on at once: they wait for the provider most of their time, and what many write at once costs least. Fewer
   * where the provider's account may make fewer requests a second.
   */
  CHARGER_CONCURRENCY: whole(1, 1_000).default(250),
  /** The same of refunds, which are fewer. */
  REFUND_CONCURRENCY: whole(1, 1_000).default(5),
  DATABASE_POOL_SIZE: whole(1, 500).default(10),
  /** After this without a sign of life, BullMQ hands a job to another charger. */
  JOB_LOCK_MS: whole(1_000, 600_000).default(30_000),
  /** How often the provider's charges are compared with our payments, and over how long; 0 for never. */
  RECONCILE_INTERVAL_MS: whole(0, 604_800_000).default(3_600_000),
  RECONCILE_WINDOW_MS: whole(600_000, 2_678_400_000).default(172_800_000),
});
