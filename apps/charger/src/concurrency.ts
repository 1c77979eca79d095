export interface ConcurrencyOptions {
  /** Jobs worked on at once while the provider takes all there is. */
  max: number;
  now: () => number;
  /** Told of each change. */
  onChange: (limit: number) => void;
}

/** What was turned away before is still coming back: one wave of refusals counts once. */
const ONE_WAVE_MS = 1_000;

/**
 * How many jobs to work on at once, which is how fast the provider is asked: so many are out, whether it takes 10 ms or 2 s.
 * A provider's limit is met by halving them, and by one more for each round that it took. So a limit that is lower than
 * ours costs some retries, not the attempts of every payment. It is TCP's way to share a line of unknown width.
 */
export function createConcurrency({ max, now, onChange }: ConcurrencyOptions) {
  let limit = max;
  let taken = 0;
  let lastWaveAt = Number.NEGATIVE_INFINITY;
  const change = (next: number) => {
    taken = 0;
    if (next === limit) return;
    limit = next;
    onChange(next);
  };
  return {
    /** @param code as an attempt was settled with */
    note(code: string | null): void {
      if (code !== "provider_rate_limited") {
        if (++taken >= limit) change(Math.min(limit + 1, max));
      } else if (now() - lastWaveAt >= ONE_WAVE_MS) {
        lastWaveAt = now();
        change(Math.max(1, Math.floor(limit / 2)));
      }
    },
  };
}
