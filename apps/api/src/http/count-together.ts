import { createSharedStatement } from "@payonce/db";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";

/** How many have been counted in this window, this one included, and when the next window begins. */
export interface Count {
  place: number;
  msBeforeNext: number;
}

/** Takes so many points for `who`, also where not all are left. Throws where the limiter cannot count. */
export async function take(limiter: RateLimiterAbstract, who: string, count: number): Promise<Count> {
  const { consumedPoints, msBeforeNext } = await limiter.consume(who, count).catch((reason: unknown) => {
    if (reason instanceof RateLimiterRes) return reason;
    throw reason;
  });
  // Not counted any more, because it is known here that nothing is left.
  return { place: consumedPoints || Number.POSITIVE_INFINITY, msBeforeNext };
}

type Ask = (who: string, requests: number) => Promise<Count | null>;

/**
 * Counts the requests that come while a count is under way with one question for each `who`, and gives each the place that
 * it would have had alone: whoever takes the last point is served, the next one is not.
 *
 * @param ask counts so many; null where it cannot, and then none of them was counted here
 */
export function createCountTogether(ask: Ask): (who: string) => Promise<Count | null> {
  const run = (whos: readonly string[]) => countAll(whos, ask);
  // As many as there may be requests in flight.
  return createSharedStatement(run, { maxBatch: 1_000, maxWaiting: Number.POSITIVE_INFINITY }).submit;
}

async function countAll(whos: readonly string[], ask: Ask): Promise<(Count | null)[]> {
  const open = new Map<string, number>();
  for (const who of whos) open.set(who, (open.get(who) ?? 0) + 1);
  const answers = new Map(await Promise.all(Array.from(open, async ([who, n]) => [who, await ask(who, n)] as const)));
  return whos.map((who) => {
    const answer = answers.get(who);
    if (!answer) return null;
    const behind = (open.get(who) ?? 1) - 1;
    open.set(who, behind);
    return { ...answer, place: answer.place - behind };
  });
}
