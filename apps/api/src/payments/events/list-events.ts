import { type Database, readTimelines } from "@payonce/db";
import { type TimelineEvent, toTimelineEvent } from "@payonce/domain";

/** A payment has some ten events; more than this are read with `last_event_id`. */
const MAX_EVENTS = 1_000;

/** A payment's events after a version, oldest first. */
export async function listEvents(
  { pool }: Database,
  paymentId: string,
  afterVersion: number,
  limit = MAX_EVENTS,
): Promise<{ object: "list"; data: TimelineEvent[]; has_more: boolean }> {
  const [timeline] = await readTimelines(pool, [{ paymentId, afterVersion }], limit);
  return {
    object: "list",
    data: (timeline?.rows ?? []).map((row) => toTimelineEvent(paymentId, row)),
    has_more: timeline?.isCutOff ?? false,
  };
}
