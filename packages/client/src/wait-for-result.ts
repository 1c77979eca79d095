import type { BrowserPayment, PaymentResource, TimelineEvent } from "@payonce/domain";
import type { CallOptions, Connection } from "./connection.ts";
import type { Following } from "./following.ts";
import { listenForEvents } from "./listen-for-events.ts";
import { backoffMs, pause } from "./pause.ts";
import { PayonceError } from "./payonce-error.ts";
import { pollForChanges } from "./poll-for-changes.ts";

/** How a payment has ended. `undecided` is none of these yet, and never means that it failed: ask again later. */
export type Result<P extends BrowserPayment = PaymentResource> =
  | { outcome: "succeeded" | "declined" | "canceled"; payment: P }
  | { outcome: "undecided"; payment: P | null };

export interface WaitOptions<P extends BrowserPayment = PaymentResource> extends CallOptions {
  /** Told of each event once and in order, with the payment as it was when that was heard of. */
  onUpdate?: ((payment: P, event: TimelineEvent) => void) | undefined;
}

const DEFAULT_WAIT_MS = 120_000;
/** After so many streams in a row that brought nothing, polls do. */
const MAX_BROKEN_STREAMS = 3;
/** Between two streams, or two polls: a server that is full answers at once. */
const REST_FAILURES = 2;

/**
 * Follows a payment until it is final: by server-sent events, and by long polls where these do not get through.
 *
 * @param headers what else a call needs, such as the payment's client secret
 * @throws PayonceError for what no retry mends, or the signal's reason, or what `onUpdate` throws
 */
export async function waitForResult<P extends BrowserPayment>(
  { sendOnce }: Connection,
  id: string,
  headers: Record<string, string>,
  { signal, timeoutMs = DEFAULT_WAIT_MS, onUpdate }: WaitOptions<P>,
): Promise<Result<P>> {
  const deadline = performance.now() + timeoutMs;
  let thrown: { error: unknown } | undefined;
  const following: Following<P> = {
    sendOnce,
    about: (rest, more) => ({ path: `/v1/payments/${id}${rest}`, headers: { ...headers, ...more }, signal }),
    leftMs: (atMost) => Math.min(deadline - performance.now(), atMost),
    tell(payment, event) {
      // Nothing that only looks like an event.
      if (!(payment?.object && event.version > following.version)) return;
      following.payment = payment;
      following.version = event.version;
      try {
        onUpdate?.(payment, event);
      } catch (error) {
        thrown = { error };
        throw error;
      }
    },
    payment: null,
    version: 0,
    isComplete: false,
    etag: "",
  };
  const { leftMs } = following;
  let broken = 0;
  for (let failures = 0; !following.isComplete && leftMs(1) > 0; ) {
    let waitMs = backoffMs(REST_FAILURES);
    try {
      if (broken++ >= MAX_BROKEN_STREAMS) await pollForChanges(following);
      else if (await listenForEvents(following)) broken = 0;
      failures = 0;
    } catch (error) {
      if (thrown) throw thrown.error;
      if (!(error instanceof PayonceError && error.retryable)) throw error;
      waitMs = Math.max(backoffMs(failures++), error.retryAfterMs ?? 0);
    }
    if (thrown) throw (thrown as { error: unknown }).error;
    if (!following.isComplete) await pause(leftMs(waitMs), signal);
  }
  const { payment, isComplete } = following;
  return isComplete && payment
    ? { outcome: payment.status as "succeeded", payment }
    : { outcome: "undecided", payment };
}
