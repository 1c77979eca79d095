import { createSeededRandom } from "./seeded-random.ts";

/**
 * What the line to the provider does to an order's first charge: nothing; the money is taken and the answer comes after the
 * service has given up waiting; or the request never arrives, which looks just the same from outside.
 */
export type Weather = "fine" | "late_answer" | "lost_request";

/** One customer who wants to pay one order, and all that will befall them. */
export interface PlannedCheckout {
  order: string;
  amountMinor: number;
  /** When Pay is pressed, since the beginning of the run. */
  startMs: number;
  /** A second, equal request so long after the first: a double click, two tabs, a proxy's retry. */
  secondClickMs: number | null;
  weather: Weather;
  /** How long this customer hesitates before pressing Pay again. */
  retryMs: number;
  /** Does not press again once told that the payment failed. */
  leaves: boolean;
}

export interface Plan {
  seed: number;
  /** In the order in which they begin. */
  checkouts: readonly PlannedCheckout[];
  /** When every process of a service is killed at once, since the beginning of the run. */
  crashesMs: readonly number[];
}

export interface PlanOptions {
  seed: number;
  checkouts: number;
  /** How long it takes until the last customer comes. */
  spanMs: number;
  crashes: number;
}

/** How much of each evil there is: a bad day, squeezed into half a minute. */
export const SHARES = { doubleClick: 0.1, lateAnswer: 0.08, lostRequest: 0.04, leaves: 0.25 } as const;

/** Draws who comes when and what goes wrong. The same options give the same plan, to the millisecond and the cent. */
export function makePlan({ seed, checkouts, spanMs, crashes }: PlanOptions): Plan {
  const random = createSeededRandom(seed);
  const numbers = Array.from({ length: checkouts }, (_, i) => i);
  const choose = (share: number) => new Set(random.shuffled(numbers).slice(0, Math.ceil(checkouts * share)));
  const doubleClicks = choose(SHARES.doubleClick);
  const troubled = random.shuffled(numbers);
  const lateCount = Math.ceil(checkouts * SHARES.lateAnswer);
  const late = new Set(troubled.slice(0, lateCount));
  const lost = new Set(troubled.slice(lateCount, lateCount + Math.ceil(checkouts * SHARES.lostRequest)));
  const leaving = choose(SHARES.leaves);
  const width = String(checkouts).length;

  return {
    seed,
    checkouts: numbers.map((i) => ({
      order: `order-${String(i + 1).padStart(width, "0")}`,
      amountMinor: random.between(500, 24_900),
      startMs: Math.round(((i + random.next()) * spanMs) / checkouts),
      secondClickMs: doubleClicks.has(i) ? random.between(80, 450) : null,
      weather: late.has(i) ? "late_answer" : lost.has(i) ? "lost_request" : "fine",
      retryMs: random.between(800, 2500),
      leaves: leaving.has(i),
    })),
    // One in each equal part of the time, away from its edges: a service needs a moment to get up again.
    crashesMs: Array.from({ length: crashes }, (_, i) =>
      Math.round(((i + 0.25 + random.next() / 2) * spanMs) / crashes),
    ),
  };
}
