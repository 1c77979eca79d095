import type { BrowserLiveEvent, LiveEvent } from "@payonce/domain";
import type { Response } from "express";

/** After a stream has ended, so long until the client opens the next; not all at the same moment. */
const RECONNECT_MS = { min: 1_000, max: 3_000 };

/** Begins an answer of server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function beginEventStream(response: Response): void {
  response.status(200).set({
    "Content-Type": "text/event-stream; charset=utf-8",
    // For proxies: neither keep it, nor change it, nor wait for its end (nginx).
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
  });
  response.flushHeaders();
}

export function reconnectFrame(): string {
  const { min, max } = RECONNECT_MS;
  return `retry: ${Math.round(min + Math.random() * (max - min))}\n\n`;
}

/** JSON has no line breaks of its own, so one data line holds it. */
export function eventFrame(event: LiveEvent | BrowserLiveEvent): string {
  return `id: ${event.version}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A comment: clients skip it, and everything between us and them sees that the connection is in use. */
export const HEARTBEAT_FRAME = ":\n\n";
