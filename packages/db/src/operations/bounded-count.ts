/** A count that stops counting somewhere: `isMore` when there are more. */
export interface BoundedCount {
  count: number;
  isMore: boolean;
}

/** So far each figure of an overview is counted: a row may be a page to be read, and somebody may look every second. */
export const OVERVIEW_COUNT_LIMIT = 10_000;

/** @param counted with a count that went one past the limit where there are more */
export function boundedCount<T extends { count: number }>(counted: T): T & BoundedCount {
  const { count } = counted;
  return { ...counted, count: Math.min(count, OVERVIEW_COUNT_LIMIT), isMore: count > OVERVIEW_COUNT_LIMIT };
}
