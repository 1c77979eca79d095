import {
  databaseUrl,
  networkList,
  redisPrefix,
  redisUrl,
  serviceConfig,
  webhookSecretKeys,
  whole,
} from "@payonce/service";
import { z } from "zod";
import { RATE_LIMITS } from "./http/rate-limits.ts";
import { LISTENER_LIMITS } from "./payments/events/listener.ts";

export const configSchema = z.object({
  ...serviceConfig,
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  REDIS_PREFIX: redisPrefix,
  /** Signing secrets of Stripe's webhook endpoint, comma-separated: two while one is being replaced. */
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_\w+(,whsec_\w+)*$/, "must be one or more whsec_… secrets, separated by commas")
    .transform((list) => list.split(","))
    .default([]),
  /** Encrypts the signing secrets of webhook endpoints; as the notifier has it. Without it there are no such routes. */
  WEBHOOK_SECRET_KEY: process.env.NODE_ENV === "production" ? webhookSecretKeys : webhookSecretKeys.optional(),
  /** Networks that webhook endpoints may be in although they are not public; as the notifier has it. */
  WEBHOOK_ALLOWED_NETWORKS: networkList.default([]),
  PORT: whole(0, 65_535).default(3000),
  DATABASE_POOL_SIZE: whole(1, 500).default(10),
  /** After this a client is told 503; it may send the same request again. */
  DATABASE_TIMEOUT_MS: whole(100, 60_000).default(5_000),
  /** So many proxies in front of this say truly, in X-Forwarded-For, whom they have seen. */
  TRUST_PROXY: whole(0, 10).default(0),
  /** Requests a second of one secret key, on average over ten seconds; more are answered 429. 0 is no limit, here and below. */
  RATE_LIMIT_SECRET_KEY: whole(0, 100_000).default(RATE_LIMITS.secretKeyPerSecond),
  /** Of one publishable key from one address. Behind a proxy that TRUST_PROXY does not count, all share one address. */
  RATE_LIMIT_PUBLISHABLE_KEY: whole(0, 100_000).default(RATE_LIMITS.publishableKeyPerSecond),
  /** Preflights from one address. */
  RATE_LIMIT_PREFLIGHT: whole(0, 100_000).default(RATE_LIMITS.preflightPerSecond),
  /** Requests without a valid key from one address. */
  RATE_LIMIT_FAILURE: whole(0, 100_000).default(RATE_LIMITS.failurePerSecond),
  /** More requests at once than this are answered 503, so that memory stays bounded. */
  MAX_REQUESTS_IN_FLIGHT: whole(1, 100_000).default(1_000),
  /** More new payments than this, behind those that are being stored, are answered 503. */
  MAX_PAYMENTS_WAITING: whole(1, 100_000).default(500),
  /** More long polls at once than this are answered without waiting. */
  MAX_WAITING: whole(0, 100_000).default(5_000),
  /** More open event streams than this are answered 503. */
  MAX_EVENT_LISTENERS: whole(0, 100_000).default(5_000),
  /** What stands between us and the clients must not take a silent stream for a dead one. */
  EVENTS_HEARTBEAT_MS: whole(100, 600_000).default(LISTENER_LIMITS.heartbeatMs),
  /** A stream is ended when it is this old; its client opens another. */
  EVENTS_MAX_AGE_MS: whole(1_000, 86_400_000).default(LISTENER_LIMITS.maxAgeMs),
});

export type Config = z.output<typeof configSchema>;
