import { retryWaitMs } from "./retry-schedule.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits between the attempts at a webhook: fourteen attempts, the last of them three days after the first. */
export const DEFAULT_WEBHOOK_RETRY_WAITS_MS: readonly number[] = [
  5_000,
  30_000,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
  12 * HOUR_MS,
  12 * HOUR_MS,
  16 * HOUR_MS,
  16 * HOUR_MS,
];

/** However long a receiver asks to be left alone, it is asked again after this. */
export const MAX_RETRY_AFTER_MS = 12 * HOUR_MS;

/**
 * How long to wait after a failed attempt at a webhook.
 *
 * @param tries made so far in this round, at least 1
 * @param retryAfterMs what the receiver asked for, null where it did not. It can make a wait longer, never shorter, and
 *   spends a try like any other: the round ends.
 * @returns milliseconds, or null when the tries are spent
 */
export function webhookRetryWaitMs(
  tries: number,
  { waitsMs, retryAfterMs, random }: { waitsMs: readonly number[]; retryAfterMs: number | null; random: () => number },
): number | null {
  const waitMs = retryWaitMs(tries, waitsMs, random);
  if (waitMs === null || retryAfterMs === null) return waitMs;
  return Math.max(waitMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}
