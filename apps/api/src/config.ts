import { databaseUrl, redisPrefix, redisUrl, serviceConfig, whole } from "@payonce/service";
import { z } from "zod";

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
  PORT: whole(0, 65_535).default(3000),
  DATABASE_POOL_SIZE: whole(1, 500).default(10),
  /** After this a client is told 503; it may send the same request again. */
  DATABASE_TIMEOUT_MS: whole(100, 60_000).default(5_000),
  /** More requests at once than this are answered 503, so that memory stays bounded. */
  MAX_REQUESTS_IN_FLIGHT: whole(1, 100_000).default(1_000),
  /** More long polls at once than this are answered without waiting. */
  MAX_WAITING: whole(0, 100_000).default(5_000),
});

export type Config = z.output<typeof configSchema>;
