import { PayonceError } from "@payonce/domain";

/**
 * Runs `work` for so many at once; the others wait in turn, up to a limit.
 *
 * @returns a function that throws PayonceError `busy` when there are too many waiting already
 */
export function limitConcurrency({ running: maxRunning, waiting: maxWaiting }: { running: number; waiting: number }) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= maxRunning) {
      if (waiting.length >= maxWaiting)
        throw new PayonceError("busy", "Too many people sign in at once. Try again in a moment.");
      // Whoever leaves hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
