/** As `queue.getMetrics()` of BullMQ answers. */
export interface QueueMetrics {
  meta: {
    /** All that were ever counted. */
    count: number;
    /** When the last one was counted, in ms; 0 when none was. */
    prevTS: number;
    /** All that were counted before the minute of `prevTS`. */
    prevCount: number;
  };
  /** One count for each whole minute before that of `prevTS`, the newest first. */
  data: number[];
}

export interface MinuteCounts {
  /** Its start. */
  minute: Date;
  count: number;
}

const MINUTE_MS = 60_000;

/**
 * BullMQ's counts, put to the minutes they belong to. BullMQ writes when a job ends and not when a minute does, so its list
 * ends with the last minute in which something happened, and that minute's own count is in none of its entries yet.
 *
 * @param minutes how many, up to the whole minute before `now`
 * @returns the oldest first
 */
export function toMinutes({ meta, data }: QueueMetrics, minutes: number, now: Date): MinuteCounts[] {
  const thisMinute = Math.floor(now.getTime() / MINUTE_MS);
  const lastCounted = Math.floor(meta.prevTS / MINUTE_MS);
  return Array.from({ length: minutes }, (_, index) => {
    const minute = thisMinute - minutes + index;
    return { minute: new Date(minute * MINUTE_MS), count: countIn(minute) };
  });

  function countIn(minute: number): number {
    if (meta.prevTS === 0 || minute > lastCounted) return 0;
    if (minute === lastCounted) return meta.count - meta.prevCount;
    return data[lastCounted - minute - 1] ?? 0;
  }
}
