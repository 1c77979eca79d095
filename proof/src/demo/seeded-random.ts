/** What is drawn from a seed; the same seed always gives the same draws in the same order. */
export interface SeededRandom {
  /** A number from 0 up to 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[];
}

/** Mulberry32: small, and good enough to deal cards with. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    shuffled(things) {
      const dealt = [...things];
      for (let i = dealt.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1));
        [dealt[i], dealt[j]] = [dealt[j] as (typeof dealt)[number], dealt[i] as (typeof dealt)[number]];
      }
      return dealt;
    },
  };
}
