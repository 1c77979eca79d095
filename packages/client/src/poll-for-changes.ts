import type { BrowserPayment, TimelineEvent } from "@payonce/domain";
import { readResource } from "./connection.ts";
import { type Following, hasEnded } from "./following.ts";

const LONG_POLL_SECONDS = 20;
/** So much more than its wait a long poll gets. */
const GRACE_MS = 8000;

/** Asks for a payment, and for what happened to it; from the second time on it is answered when there is something new. */
export async function pollForChanges<P extends BrowserPayment>(following: Following<P>): Promise<void> {
  const { about, sendOnce, leftMs, tell, etag, version } = following;
  const waitMs = etag ? leftMs(LONG_POLL_SECONDS * 1000) : 0;
  const call = about(`?wait=${Math.max(0, Math.floor(waitMs / 1000))}`, etag && { "If-None-Match": etag });
  await sendOnce({ ...call, timeoutMs: leftMs(waitMs + GRACE_MS) }, async (response) => {
    if (response.status === 304) return;
    const payment = await readResource<P>(response);
    const list = { ...about(`/events?last_event_id=${version}`), timeoutMs: leftMs(GRACE_MS) };
    await sendOnce(list, async (events) => {
      const { data } = await readResource<{ data: TimelineEvent[] }>(events);
      for (const event of data) tell(payment, event);
    });
    following.payment = payment;
    following.isComplete = hasEnded(payment);
    // Only now: whoever knows the tag is told nothing until there is more.
    following.etag = response.headers.get("etag") ?? "";
  });
}
