import { DEFAULT_REVIEW_WAITS_MS } from "@payonce/domain";
import { databaseUrl, redisPrefix, redisUrl, serviceConfig, waits, whole } from "@payonce/service";
import { z } from "zod";

/** Days as text; 0 for good. */
function keptDays(min: number) {
  const isAllowed = (days: number) => days === 0 || days >= min;
  return whole(0, 36_500).refine(isAllowed, `must be 0, which keeps them for good, or ${min} days at the least`);
}

export const configSchema = z.object({
  ...serviceConfig,
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  REDIS_PREFIX: redisPrefix,
  /** How often to look without being notified. */
  RELAY_POLL_MS: whole(10, 60_000).default(1_000),
  /** Rows published, and locked, at a time. */
  RELAY_BATCH_SIZE: whole(1, 5_000).default(500),
  SWEEP_INTERVAL_MS: whole(100, 3_600_000).default(30_000),
  /** How long after its time a payment counts as overdue. */
  SWEEP_GRACE_MS: whole(0, 3_600_000).default(60_000),
  /** From a refund's success to each time that the provider is asked whether the bank has sent it back. */
  REFUND_REVIEW_WAITS_MS: waits(DEFAULT_REVIEW_WAITS_MS),
  /** How many events the Redis stream keeps, roughly. */
  EVENTS_KEPT: whole(100, 10_000_000).default(100_000),
  /** How long the provider's webhooks are kept. Stripe sends an event again for 30 days, when asked to. */
  PROVIDER_EVENTS_KEPT_DAYS: keptDays(31).default(90),
  /** How long a payment that is over keeps what led to its end. A card's holder has 120 days to dispute a charge. */
  HISTORY_KEPT_DAYS: keptDays(120).default(0),
});
