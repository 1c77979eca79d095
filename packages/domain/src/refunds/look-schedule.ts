const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits between looks at a refund that the provider has not finished. The last one goes on for ever: banks take weeks. */
export const DEFAULT_LOOK_WAITS_MS: readonly number[] = [MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

/** @param looks made so far at this refund since it became pending */
export function lookWaitMs(looks: number, waitsMs: readonly number[], random: () => number): number {
  const waitMs = waitsMs[Math.min(looks, waitsMs.length - 1)] ?? HOUR_MS;
  return Math.round(waitMs * (0.8 + 0.4 * random()));
}
