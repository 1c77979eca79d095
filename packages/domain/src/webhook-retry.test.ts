import { describe, expect, test } from "@jest/globals";
import { DEFAULT_WEBHOOK_RETRY_WAITS_MS, MAX_RETRY_AFTER_MS, webhookRetryWaitMs } from "./webhook-retry.ts";

const wait = (tries: number, retryAfterMs: number | null = null, random = () => 0.5) =>
  webhookRetryWaitMs(tries, { waitsMs: DEFAULT_WEBHOOK_RETRY_WAITS_MS, retryAfterMs, random });

describe("the waits between the attempts at a webhook", () => {
  test("grow from seconds to hours, and end after three days", () => {
    const waits = DEFAULT_WEBHOOK_RETRY_WAITS_MS;
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    const days = waits.reduce((sum, ms) => sum + ms, 0) / 86_400_000;
    expect(days).toBeGreaterThan(2.9);
    expect(days).toBeLessThan(3.1);
    expect(wait(waits.length)).not.toBeNull();
    expect(wait(waits.length + 1)).toBeNull();
  });

  test("are spread by a fifth either way, so that what failed together does not return together", () => {
    expect(wait(4, null, () => 0)).toBe(480_000);
    expect(wait(4, null, () => 1)).toBe(720_000);
  });

  test("are as long as the receiver asks, but never shorter than they would be, and never endless", () => {
    expect(wait(1, 60_000)).toBe(60_000);
    expect(wait(4, 60_000)).toBe(600_000);
    expect(wait(1, 10 * MAX_RETRY_AFTER_MS)).toBe(MAX_RETRY_AFTER_MS);
    expect(wait(DEFAULT_WEBHOOK_RETRY_WAITS_MS.length + 1, 60_000)).toBeNull();
  });
});
