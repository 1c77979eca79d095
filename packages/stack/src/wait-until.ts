import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  /** After this long the wait is given up. */
  timeoutMs: number;
  pollMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Asks again and again until the answer is neither undefined nor false, and gives that answer.
 *
 * @param what completes the sentence "gave up waiting for …"
 * @throws when the time is over, when `signal` is aborted, or when `probe` itself throws
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs, pollMs = 25, signal }: WaitOptions,
): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadlineMs) throw new Error(`gave up waiting for ${what} after ${timeoutMs / 1000} s`);
    await sleep(pollMs, undefined, signal ? { signal } : {});
  }
}
