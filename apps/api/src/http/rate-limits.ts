import { PayonceError } from "@payonce/domain";
import type { Response } from "express";
import type { Redis } from "ioredis";
import { Counter, type Registry } from "prom-client";
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import { createCountTogether, take } from "./count-together.ts";

/** Requests a second, on average over a window, whose whole number may also come at once. 0 is no limit. */
export interface RateLimitSettings {
  windowSeconds: number;
  /** Of one secret key, from wherever it is used. */
  secretKeyPerSecond: number;
  /** Of one publishable key from one address: of one customer, as far as can be told. */
  publishableKeyPerSecond: number;
  /** Preflights from one address, which name no key. */
  preflightPerSecond: number;
  /** Without a valid key, from one address. */
  failurePerSecond: number;
}

export const RATE_LIMITS: RateLimitSettings = {
  windowSeconds: 10,
  secretKeyPerSecond: 200,
  publishableKeyPerSecond: 20,
  preflightPerSecond: 20,
  failurePerSecond: 5,
};

/** So long a request waits for Redis, and so long none waits after one has waited in vain. */
const TIMEOUT_MS = 25;
const AWAY_MS = 1_000;

/** Each counts one request, sets the headers that say how much is left, and throws `rate_limited` when there is nothing. */
export type RateLimits = Record<"secretKey" | "publishableKey" | "preflight" | "failure", TakeFromLimit>;
type TakeFromLimit = (who: string, response: Response) => Promise<void>;

/**
 * Counts in Redis, for all processes together. When Redis is away each process counts for itself: a payment is never refused
 * or held up because of it, and what gets past the common count is seen in a metric.
 *
 * @param redis fails at once when it is not connected
 */
export function createRateLimits(
  redis: Redis,
  settings: RateLimitSettings,
  { prefix, registry, timeoutMs = TIMEOUT_MS }: { prefix: string; registry: Registry; timeoutMs?: number },
): RateLimits {
  const unavailable = new Counter({
    name: "payonce_rate_limit_unavailable_total",
    help: "Requests that this process alone has counted against their limit, because Redis was away",
    registers: [registry],
  });
  const refused = new Counter({
    name: "payonce_rate_limited_total",
    help: "Requests answered 429, by limit",
    labelNames: ["limit"],
    registers: [registry],
  });
  let awayUntil = Number.NEGATIVE_INFINITY;

  function createLimit(name: string, perSecond: number): TakeFromLimit {
    if (perSecond === 0) return async () => {};
    const policy: Policy = {
      name,
      points: Math.round(perSecond * settings.windowSeconds),
      windowSeconds: settings.windowSeconds,
    };
    const options = { keyPrefix: `${prefix}:rate:${name}`, points: policy.points, duration: policy.windowSeconds };
    // Once used up it is known here, and a flood costs Redis nothing more.
    const inMemoryBlockOnConsumed = policy.points + 1;
    const shared = new RateLimiterRedis({
      ...options,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      inMemoryBlockOnConsumed,
    });
    const own = new RateLimiterMemory(options);
    const header = `"${name}";q=${policy.points};w=${policy.windowSeconds}`;

    const countShared = createCountTogether(async (who, requests) => {
      if (performance.now() < awayUntil) return null;
      try {
        return await within(timeoutMs, take(shared, who, requests));
      } catch {
        awayUntil = performance.now() + AWAY_MS;
        return null;
      }
    });

    return async (who, response) => {
      let count = await countShared(who);
      if (!count) {
        unavailable.inc();
        count = await take(own, who, 1);
      }
      const seconds = Math.max(1, Math.ceil(count.msBeforeNext / 1_000));
      // https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
      response.setHeader("RateLimit-Policy", header);
      response.setHeader("RateLimit", `"${name}";r=${Math.max(0, policy.points - count.place)};t=${seconds}`);
      if (count.place <= policy.points) return;
      refused.inc({ limit: name });
      response.setHeader("Retry-After", String(seconds));
      throw tooMany(policy);
    };
  }

  return {
    secretKey: createLimit("secret-key", settings.secretKeyPerSecond),
    publishableKey: createLimit("publishable-key", settings.publishableKeyPerSecond),
    preflight: createLimit("preflight", settings.preflightPerSecond),
    failure: createLimit("failure", settings.failurePerSecond),
  };
}

interface Policy {
  name: string;
  points: number;
  windowSeconds: number;
}

function tooMany({ points, windowSeconds }: Policy): PayonceError {
  return new PayonceError(
    "rate_limited",
    `More than ${points} requests came within ${windowSeconds} seconds. Wait as long as Retry-After says, then send the ` +
      "same request again, with the same key.",
  );
}

/** A Redis that hangs must not hang us. What comes too late is dropped; it was counted all the same. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("Redis did not answer in time")), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
