export type BreakerState = "closed" | "open" | "half_open";

export interface BreakerOptions {
  /** So many calls in a row that the provider did not answer sensibly open it. */
  failuresToOpen: number;
  /** How long it stays open at first; twice as long each time a probe fails, up to `maxOpenMs`. */
  openMs: number;
  maxOpenMs: number;
  now: () => number;
  /** Told of each change: `half_open` means that one job may be taken. */
  onChange?: (state: BreakerState, openForMs: number) => void;
}

/**
 * Stops taking jobs while the provider is out of order, so that an outage spends no attempts and fills no dead letters.
 * Asked before a payment is claimed. One for each process and provider: each finds out for itself.
 */
export function createBreaker({ failuresToOpen, openMs, maxOpenMs, now, onChange }: BreakerOptions) {
  let state: BreakerState = "closed";
  let failures = 0;
  let opened = 0;
  let closedAgainAt = 0;
  let isProbing = false;
  const change = (next: BreakerState, openForMs = 0) => {
    state = next;
    onChange?.(next, openForMs);
  };
  const open = () => {
    const openForMs = Math.min(openMs * 2 ** opened, maxOpenMs);
    opened += 1;
    closedAgainAt = now() + openForMs;
    isProbing = false;
    change("open", openForMs);
  };

  return {
    get state() {
      return state;
    },
    /** @returns 0 when a job may be taken now (the probe, when half open), otherwise how many milliseconds to wait */
    waitMs(): number {
      if (state === "open" && now() >= closedAgainAt) change("half_open");
      if (state === "closed") return 0;
      if (state === "open") return closedAgainAt - now();
      if (isProbing) return openMs;
      isProbing = true;
      return 0;
    },
    /** The provider answered, whatever it said. */
    succeeded(): void {
      failures = 0;
      opened = 0;
      isProbing = false;
      if (state !== "closed") change("closed");
    },
    /** The provider could not be reached, or answered with an error of its own. */
    failed(): void {
      failures += 1;
      // Calls that were out when it opened end as failures too, and say nothing new.
      if (state === "half_open" || (state === "closed" && failures >= failuresToOpen)) open();
    },
    /** The job that was let through made no call: the next one is the probe. */
    released(): void {
      isProbing = false;
    },
  };
}

export type Breaker = ReturnType<typeof createBreaker>;
