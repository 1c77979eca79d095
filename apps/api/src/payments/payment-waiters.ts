import { Gauge, type Registry } from "prom-client";
import type { Announcements } from "./read-announcements.ts";

export interface PaymentWaiters {
  /**
   * Waits until something is announced about a payment, at most `timeoutMs`.
   *
   * @returns true when it is time to read the payment again; false at once when no more may wait
   */
  wait(paymentId: string, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  /** How many wait. */
  count(): number;
  /** True while announcements arrive; otherwise waiters are woken every second to look for themselves. */
  isLive(): boolean;
  isClosed(): boolean;
  /** Ends all waiting. */
  close(): void;
}

/** How often to look without being woken: announcements are hints, and the facts are in Postgres. */
const LOOK_MS = { live: 5_000, away: 1_000 };
/** However many wait, they look no more than 500 times a second together: payments are to be taken meanwhile. */
const LOOK_APART_MS = 2;

export interface WaiterOptions {
  maxWaiting: number;
  registry: Registry;
}

/** Wakes long polls as payments are announced. */
export function createPaymentWaiters(
  announcements: Announcements,
  { maxWaiting, registry }: WaiterOptions,
): PaymentWaiters {
  const wakers = new Map<string, Set<() => void>>();
  let waiting = 0;
  let isClosed = false;
  const wake = (paymentId: string) => {
    for (const waker of wakers.get(paymentId) ?? []) waker();
  };
  const wakeAll = () => {
    for (const paymentId of wakers.keys()) wake(paymentId);
  };
  announcements.subscribe({ wake, wakeAll });
  new Gauge({
    name: "payonce_long_polls_waiting",
    help: "Clients that wait for a payment to become final",
    registers: [registry],
    collect() {
      this.set(waiting);
    },
  });

  return {
    count: () => waiting,
    isLive: announcements.isLive,
    isClosed: () => isClosed,
    close() {
      isClosed = true;
      wakeAll();
    },
    async wait(paymentId, timeoutMs, signal) {
      if (waiting >= maxWaiting || isClosed) return false;
      if (signal.aborted) return true;
      waiting += 1;
      const lookMs = Math.max(announcements.isLive() ? LOOK_MS.live : LOOK_MS.away, waiting * LOOK_APART_MS);
      await new Promise<void>((resolve) => {
        const mine = wakers.get(paymentId) ?? new Set();
        const timer = setTimeout(done, Math.min(timeoutMs, lookMs));
        function done() {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          mine.delete(done);
          if (mine.size === 0) wakers.delete(paymentId);
          waiting -= 1;
          resolve();
        }
        signal.addEventListener("abort", done);
        wakers.set(paymentId, mine.add(done));
      });
      return !isClosed;
    },
  };
}
