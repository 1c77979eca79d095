import { PayonceError } from "@payonce/domain";
import type { Response } from "express";
import type { Redis } from "ioredis";
import { Counter, type Registry } from "prom-client";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";

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

    const consume = async (who: string): Promise<RateLimiterRes> => {
      if (performance.now() >= awayUntil)
        try {
          return await within(timeoutMs, shared.consume(who));
        } catch (reason) {
          if (reason instanceof RateLimiterRes) throw reason;
          awayUntil = performance.now() + AWAY_MS;
        }
      unavailable.inc();
      return own.consume(who);
    };

    return async (who, response) => {
      try {
        tell(response, policy, await consume(who));
      } catch (reason) {
        if (!(reason instanceof RateLimiterRes)) throw reason;
        refused.inc({ limit: name });
        tell(response, policy, reason);
        throw tooMany(response, policy, reason);
      }
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

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
function tell(response: Response, policy: Policy, { remainingPoints, msBeforeNext }: RateLimiterRes): void {
  const { name, points, windowSeconds } = policy;
  response.setHeader("RateLimit-Policy", `"${name}";q=${points};w=${windowSeconds}`);
  response.setHeader("RateLimit", `"${name}";r=${remainingPoints};t=${toSeconds(msBeforeNext)}`);
}

function tooMany(
  response: Response,
  { points, windowSeconds }: Policy,
  { msBeforeNext }: RateLimiterRes,
): PayonceError {
  response.setHeader("Retry-After", String(toSeconds(msBeforeNext)));
  return new PayonceError(
    "rate_limited",
    `More than ${points} requests came within ${windowSeconds} seconds. Wait as long as Retry-After says, then send the ` +
      "same request again, with the same key.",
  );
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
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
