/** Waits between attempts, in milliseconds: 2 s, 10 s, 30 s, 2 min, 10 min, 1 h, 6 h. So a payment has eight attempts. */
export const DEFAULT_RETRY_WAITS_MS: readonly number[] = [
  2_000, 10_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000,
];

/**
 * How long to wait after an attempt before the next.
 *
 * @param attempts attempts made so far in this round, at least 1
 * @param random uniform in [0, 1)
 * @returns milliseconds, within ±20 % of the schedule (so that payments that failed together do not return together), or
 *   null when the attempts are spent
 */
export function retryWaitMs(attempts: number, waitsMs: readonly number[], random: () => number): number | null {
  const waitMs = waitsMs[attempts - 1];
  return waitMs === undefined ? null : Math.round(waitMs * (0.8 + 0.4 * random()));
}
