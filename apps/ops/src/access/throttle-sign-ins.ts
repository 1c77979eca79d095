import { createHash } from "node:crypto";
import { PayonceError } from "@payonce/domain";
import type { Response } from "express";
import type pg from "pg";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

/** How many may fail in a window of so many seconds. The window begins with the first, and a block ends with it. */
export interface SignInLimits {
  address: number;
  username: number;
  knownBrowser: number;
  token: number;
  windowSeconds: number;
}

/**
 * - An **address** gets 10 tries in a quarter of an hour, whatever names it tries: a flood from one place ends there.
 * - A **username** gets 30, from whatever addresses: guesses that are spread over a botnet are 2,880 a day at most, which is
 *   nothing against twelve characters. It is more than one address gets, so nobody can block a person's name from one place.
 * - A **browser that this person has signed in with before** gets 10 of its own, and the two above do not concern it. So
 *   even a botnet, which can keep a name blocked for as long as it goes on, locks nobody out of their usual browser; nor
 *   does a neighbour behind the same address. https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 *
 * While blocked, the right password is refused as well: otherwise guessing could go on, and only the answer would be late.
 * Refused tries are not counted on, so a block ends a quarter of an hour after it began to be earned, whatever happens.
 *
 * Counted in Postgres, for all processes alike, and with Redis away.
 */
const LIMITS: SignInLimits = { address: 10, username: 30, knownBrowser: 10, token: 30, windowSeconds: 15 * 60 };

/** Whom a try to sign in is counted for. */
export interface SignInTry {
  address: string;
  /** As typed; it need not be anybody's. */
  username: string;
  /** The browser's own number, where it has proved that this person has signed in with it before. */
  knownBrowser: string | null;
}

export type SignInThrottle = ReturnType<typeof createSignInThrottle>;

export function createSignInThrottle(pool: pg.Pool, limits: Partial<SignInLimits> = {}) {
  const { windowSeconds, ...points } = { ...LIMITS, ...limits };
  const limiter = (of: keyof typeof points, clearExpiredByTimeout = false) =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: "pool",
      tableName: "login_failures",
      tableCreated: true,
      keyPrefix: of,
      points: points[of],
      duration: windowSeconds,
      // From then on it is known here, and a flood costs no statements.
      inMemoryBlockOnConsumed: points[of] + 1,
      clearExpiredByTimeout,
    });
  const address = limiter("address", true);
  const username = limiter("username");
  const knownBrowser = limiter("knownBrowser");
  const token = limiter("token");

  const countersOf = (attempt: SignInTry): [RateLimiterPostgres, string][] =>
    attempt.knownBrowser
      ? [[knownBrowser, keyOf(attempt.knownBrowser)]]
      : [
          [address, attempt.address],
          [username, keyOf(attempt.username)],
        ];

  return {
    /**
     * Takes a try before the password is looked at, so that a thousand at the same moment are not all let through. The
     * address comes first: what it has used up is not counted for the name.
     *
     * @throws PayonceError too_many_sign_ins, with Retry-After set on the response
     */
    async take(attempt: SignInTry, response: Response): Promise<void> {
      for (const [limiter, key] of countersOf(attempt)) await consume(limiter, key, response);
    },
    /** Gives a try back that was no failure. Only that one: a person's own account must not clear the way for guessing others'. */
    async giveBack(attempt: SignInTry): Promise<void> {
      for (const [limiter, key] of countersOf(attempt)) await limiter.reward(key);
    },
    /** Counts a bearer token that is nobody's. @throws PayonceError too_many_sign_ins */
    countBadToken: (from: string, response: Response) => consume(token, from, response),
  };
}

async function consume(limiter: RateLimiterPostgres, key: string, response: Response): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    response.setHeader("Retry-After", String(seconds));
    const minutes = Math.ceil(seconds / 60);
    throw new PayonceError(
      "too_many_sign_ins",
      `Too many tries failed. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
    );
  }
}

/** Hashed, because people type their password where their name belongs, and so that every name fits. */
function keyOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
