import type { BrowserPayment, TimelineEvent } from "@payonce/domain";
import type { Call, Connection } from "./connection.ts";

/** A payment that is being followed, and what has been heard of it. */
export interface Following<P> {
  readonly sendOnce: Connection["sendOnce"];
  /** A call about it; what is behind its path, and more headers. */
  about(rest: string, headers?: Record<string, string> | ""): Call;
  /** What is left of the time, at most so many milliseconds. */
  leftMs(atMost: number): number;
  /** Takes note of an event, and passes it on if it is new. */
  tell(payment: P, event: TimelineEvent): void;
  payment: P | null;
  /** Up to which all has been told. */
  version: number;
  /** It is final, and all is told. */
  isComplete: boolean;
  /** Of the payment as the last poll had it; empty before. */
  etag: string;
}

export function hasEnded({ status }: BrowserPayment): boolean {
  return status === "succeeded" || status === "declined" || status === "canceled";
}
