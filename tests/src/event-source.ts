import { setTimeout as delay } from "node:timers/promises";
import type { LiveEvent } from "@payonce/domain";

/**
 * Listens to a payment as a browser's EventSource does: it connects again after every end, with the last id it has seen,
 * until it is told that there is nothing more to come.
 *
 * @returns all events, in the order in which they came
 */
export async function listenToTheEnd(
  { apiUrl, secretKey }: { apiUrl: string; secretKey: string },
  paymentId: string,
  signal: AbortSignal,
): Promise<LiveEvent[]> {
  const events: LiveEvent[] = [];
  for (;;) {
    signal.throwIfAborted();
    const lastId = events.at(-1)?.version;
    const headers = {
      authorization: `Bearer ${secretKey}`,
      accept: "text/event-stream",
      ...(lastId !== undefined && { "last-event-id": String(lastId) }),
    };
    try {
      const response = await fetch(`${apiUrl}/v1/payments/${paymentId}/events`, { headers, signal });
      if (response.status === 204) return events;
      if (response.body && response.ok) await readEvents(response.body, events);
    } catch {
      // The API is away, or the connection broke in the middle of an event, which does not count then.
    }
    await delay(100);
  }
}

async function readEvents(body: ReadableStream<Uint8Array>, events: LiveEvent[]): Promise<void> {
  let rest = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const frames = (rest + chunk).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data !== undefined) events.push(JSON.parse(data));
    }
  }
}
