import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { DEFAULT_RETRY_WAITS_MS, retryWaitMs } from "./retry-schedule.ts";

test("waits longer after each attempt, and ends after the eighth", () => {
  const waits = Array.from({ length: 8 }, (_, i) => retryWaitMs(i + 1, DEFAULT_RETRY_WAITS_MS, () => 0.5));
  expect(waits).toEqual([2_000, 10_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000, null]);
});

test("spreads what failed together by a fifth to either side", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat({ max: 6 }), (random, i) => {
      const wait = retryWaitMs(i + 1, DEFAULT_RETRY_WAITS_MS, () => random) as number;
      const scheduled = DEFAULT_RETRY_WAITS_MS[i] as number;
      expect(Math.abs(wait - scheduled)).toBeLessThanOrEqual(scheduled * 0.2 + 1);
    }),
  );
});
