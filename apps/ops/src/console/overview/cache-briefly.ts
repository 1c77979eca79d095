/** Answers with what was read a moment ago, or is being read. */
export interface Cached<T> {
  (): Promise<T>;
  /** What was read does not hold any more: the next one to ask has it read anew. */
  forget(): void;
}

/**
 * Reads once for all who ask within a time: ten open browsers cost as much as one. A failure is kept by nobody, so the next
 * one asks anew.
 *
 * @param keepMs counted from when the answer came
 */
export function cacheBriefly<T>(read: () => Promise<T>, keepMs: number, now = () => performance.now()): Cached<T> {
  let pending: Promise<T> | undefined;
  let kept: { value: T; until: number } | undefined;
  const ask = () => {
    if (kept && now() < kept.until) return Promise.resolve(kept.value);
    if (pending) return pending;
    const reading = read()
      .then((value) => {
        // Read before somebody had it forgotten, and so perhaps before what was done then.
        if (pending === reading) kept = { value, until: now() + keepMs };
        return value;
      })
      .finally(() => {
        if (pending === reading) pending = undefined;
      });
    pending = reading;
    return reading;
  };
  const forget = () => {
    kept = undefined;
    pending = undefined;
  };
  return Object.assign(ask, { forget });
}
