import { isFinal } from "@payonce/domain";
import type { Response } from "express";
import { HEARTBEAT_FRAME } from "./event-stream.ts";
import type { TimelineNews } from "./read-news.ts";

export type EndReason = "final" | "max_age" | "not_reading" | "client" | "shutdown";

export interface ListenerLimits {
  heartbeatMs: number;
  /** So old a stream may become; the client opens another, and is asked for its key again. */
  maxAgeMs: number;
  /** So long a client may leave unread what was sent. */
  stallMs: number;
}

export const LISTENER_LIMITS: ListenerLimits = { heartbeatMs: 15_000, maxAgeMs: 15 * 60_000, stallMs: 30_000 };

/** So much may wait for a client; then nothing is read for it until it has taken all. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** One client that listens to one payment. What it has not been sent is in Postgres alone, and never kept here for it. */
export interface Listener {
  /** The version up to which all has been sent; null while it does not read, or is at its end. */
  position(): number | null;
  /** Sends what is new to it, as much of it as it takes. */
  send(news: TimelineNews): void;
  /** Does what time brings: heartbeat, end by age, end of one that does not read. */
  tend(now: number): void;
  end(reason: EndReason): void;
}

/**
 * @param onReady called when a client that did not read has caught up with what it was sent
 * @param onEnd called once, whoever ended it
 */
export function openListener(
  response: Response,
  afterVersion: number,
  limits: ListenerLimits,
  { onReady, onEnd }: { onReady(): void; onEnd(reason: EndReason): void },
): Listener {
  const isBrowser = response.locals?.isBrowser === true;
  const openedAt = performance.now();
  // Spread out, because many open at the same moment.
  const closesAt = openedAt + limits.maxAgeMs * (0.9 + Math.random() * 0.1);
  let beatsAt = openedAt + limits.heartbeatMs * Math.random();
  let version = afterVersion;
  /** Since when what was sent has been waiting for the client; null while it takes all. */
  let stalledAt: number | null = null;
  let isComplete = false;
  let isEnded = false;

  const end = (reason: EndReason) => {
    if (isEnded) return;
    isEnded = true;
    // To one that does not read, an orderly end would not get through either.
    if (stalledAt !== null) response.destroy();
    else if (reason !== "client") endWithin(response, limits.stallMs);
    onEnd(reason);
  };
  const write = (frame: string) => {
    response.write(frame);
    if (response.writableLength <= MAX_UNREAD_BYTES) return;
    stalledAt = performance.now();
    response.once("drain", () => {
      stalledAt = null;
      if (isComplete) end("final");
      else if (!isEnded) onReady();
    });
  };
  response.once("close", () => end("client"));
  response.once("error", () => end("client"));

  return {
    position: () => (isEnded || isComplete || stalledAt !== null ? null : version),
    send({ timeline: { payment, rows, isCutOff }, afterVersion: readAfter, frame }) {
      // Read for others, who were further: what this one lacks between is not in it.
      if (isEnded || isComplete || version < readAfter) return;
      for (const [i, row] of rows.entries()) {
        if (stalledAt !== null) return;
        if (row.version <= version) continue;
        write(frame(i, isBrowser));
        version = row.version;
      }
      if (isCutOff) return;
      version = Math.max(version, payment.version);
      isComplete = isFinal(payment.status);
      if (isComplete && stalledAt === null) end("final");
    },
    tend(now) {
      if (stalledAt !== null && now - stalledAt > limits.stallMs) end("not_reading");
      else if (now >= closesAt) end("max_age");
      else if (stalledAt === null && now >= beatsAt) {
        beatsAt = now + limits.heartbeatMs;
        write(HEARTBEAT_FRAME);
      }
    },
    end,
  };
}

/** Ends an answer in order; a client that does not take the rest of it does not keep the connection. */
function endWithin(response: Response, limitMs: number): void {
  const cut = setTimeout(() => response.destroy(), limitMs).unref();
  response.once("finish", () => clearTimeout(cut));
  response.end();
}
