import { setTimeout as delay } from "node:timers/promises";
import { isContention, isUnavailable } from "@payonce/db";

/**
 * Repeats a database call that is safe to repeat, while the database is away or busy.
 *
 * @throws what the last try threw, once `limitMs` have passed; at once what trying again cannot mend
 */
export async function keepTrying<T>(call: () => Promise<T>, limitMs = 20_000): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 1_000)) {
    try {
      return await call();
    } catch (error) {
      if (!(isUnavailable(error) || isContention(error)) || performance.now() + waitMs > deadline) throw error;
      await delay(waitMs);
    }
  }
}
