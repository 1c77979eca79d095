import { type Finding, failed, ok, warning } from "./check.ts";
import type { Timed } from "./patient.ts";

/** Retries are then woken early or late by so much; nothing is lost. */
const WARNING_MS = 1_000;
/** Signatures of webhooks are refused at five minutes; long before that, times in lists and logs mislead. */
const FAILED_MS = 60_000;

const FIX = "Have this machine and the server keep time by NTP.";

/**
 * Compares a server's clock with this machine's. The answer was given at some moment between asking and reading it, so
 * only what the round trip cannot explain counts as a difference.
 *
 * @param at the server's time, in ms since 1970
 */
export function checkClock(server: string, { value: at, askedAt, answeredAt }: Timed<number>): Finding {
  const aheadMs = at > answeredAt ? at - answeredAt : at < askedAt ? at - askedAt : 0;
  const roundTripMs = Math.max(0, Math.round(answeredAt - askedAt));
  const offMs = Math.abs(aheadMs);
  if (offMs < WARNING_MS) return ok(`within ${offMs < 1 ? roundTripMs : Math.round(offMs)} ms of this machine's`);
  const by = `${(offMs / 1_000).toFixed(1)} s ${aheadMs > 0 ? "ahead of" : "behind"} this machine's`;
  const found = `${server}'s clock is ${by} (the round trip of ${roundTripMs} ms taken into account)`;
  return offMs < FAILED_MS ? warning(found, FIX) : failed(found, FIX);
}
