import type { BrowserPayment, TimelineEvent } from "@payonce/domain";
import { type Following, hasEnded } from "./following.ts";
import { PayonceError } from "./payonce-error.ts";
import { pollForChanges } from "./poll-for-changes.ts";
import { readEventStream } from "./read-event-stream.ts";

/** So long for the headers and the first bytes, which are sent at once: a proxy that keeps them would keep events as well. */
const OPENING_MS = 8000;
/** Heartbeats come every 15 s. A stream that is silent for longer is dead. */
const SILENCE_MS = 40_000;

/**
 * Listens to a payment's server-sent events until there are no more, or the stream ends. By `fetch`: an `EventSource` can
 * send no key.
 *
 * @returns whether streams get through: this one brought something, or lasted
 */
export async function listenForEvents<P extends BrowserPayment>(following: Following<P>): Promise<boolean> {
  const { version, leftMs } = following;
  const openedAt = performance.now();
  const call = following.about("/events", { Accept: "text/event-stream", "Last-Event-ID": String(version) });
  try {
    await following.sendOnce({ ...call, timeoutMs: leftMs(OPENING_MS) }, async ({ status, body }, extend) => {
      // There is nothing more to come.
      if (status === 204) return pollForChanges(following);
      if (!body) throw new PayonceError(0, null);
      await readEventStream(
        body,
        (data) => {
          const { data: payment, ...event } = JSON.parse(data) as TimelineEvent & { data: P };
          following.tell(payment, event);
          following.isComplete = hasEnded(payment) && event.version >= payment.version;
          return following.isComplete;
        },
        () => extend(leftMs(SILENCE_MS)),
      );
    });
  } catch (error) {
    // A server that is too busy says when to come again.
    if (!(error instanceof PayonceError && error.retryable) || error.retryAfterMs) throw error;
  }
  return following.version > version || performance.now() - openedAt > OPENING_MS * 2;
}
