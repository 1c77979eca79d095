import { type Database, readTimelines, type Timeline, type TimelinePosition, toPaymentResource } from "@payonce/db";
import { type LiveEvent, type TimelineRow, toBrowserLiveEvent, toTimelineEvent } from "@payonce/domain";
import { eventFrame } from "./event-stream.ts";

/** So many events of one payment are read at once; a client that lacks more gets them in several goes. */
const EVENTS_AT_ONCE = 50;

/** What is new in a payment's timeline, for all who listen to it. */
export interface TimelineNews {
  timeline: Timeline;
  /** From where it was read. */
  afterVersion: number;
  /** The event of a row as it is sent, to merchants or to browsers: each made once, however many get it. */
  frame(row: number, isForBrowser: boolean): string;
}

/** @returns nothing for payments that have not changed since */
export async function readNews({ pool }: Database, positions: readonly TimelinePosition[]): Promise<TimelineNews[]> {
  const timelines = await readTimelines(pool, positions, EVENTS_AT_ONCE);
  const afterVersions = new Map(positions.map(({ paymentId, afterVersion }) => [paymentId, afterVersion]));
  return timelines.map((timeline) => {
    const { payment, rows } = timeline;
    const data = toPaymentResource(payment);
    const toLiveEvent = (row: TimelineRow): LiveEvent => ({ ...toTimelineEvent(payment.id, row), data });
    const forMerchants: string[] = [];
    const forBrowsers: string[] = [];
    return {
      timeline,
      afterVersion: afterVersions.get(payment.id) ?? 0,
      frame(i, isForBrowser) {
        const row = rows[i];
        const made = isForBrowser ? forBrowsers : forMerchants;
        if (row) made[i] ??= eventFrame(isForBrowser ? toBrowserLiveEvent(toLiveEvent(row)) : toLiveEvent(row));
        return made[i] ?? "";
      },
    };
  });
}
