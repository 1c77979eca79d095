import type { TimelinePosition } from "@payonce/db";
import type { Listener } from "./listener.ts";

/** All who listen, by payment. */
export interface ListenerRegister {
  count(): number;
  add(paymentId: string, listener: Listener): void;
  remove(paymentId: string, listener: Listener): void;
  has(paymentId: string): boolean;
  paymentIds(): Iterable<string>;
  /** Those of one payment; some may come and go while they are gone through. */
  of(paymentId: string): Iterable<Listener>;
  all(): Iterable<Listener>;
  /** From where a payment has to be read for those who listen to it: the one who has least. None where nobody takes any. */
  positionsOf(paymentId: string): TimelinePosition[];
}

export function createListenerRegister(): ListenerRegister {
  const byPayment = new Map<string, Set<Listener>>();
  let count = 0;
  const of = (paymentId: string) => byPayment.get(paymentId) ?? [];
  return {
    count: () => count,
    add(paymentId, listener) {
      count += 1;
      const ofPayment = byPayment.get(paymentId) ?? new Set();
      byPayment.set(paymentId, ofPayment.add(listener));
    },
    remove(paymentId, listener) {
      const ofPayment = byPayment.get(paymentId);
      if (!ofPayment?.delete(listener)) return;
      count -= 1;
      if (ofPayment.size === 0) byPayment.delete(paymentId);
    },
    has: (paymentId) => byPayment.has(paymentId),
    paymentIds: () => byPayment.keys(),
    of,
    *all() {
      for (const ofPayment of byPayment.values()) yield* ofPayment;
    },
    positionsOf(paymentId) {
      let afterVersion = Number.POSITIVE_INFINITY;
      for (const listener of of(paymentId)) afterVersion = Math.min(afterVersion, listener.position() ?? afterVersion);
      return Number.isFinite(afterVersion) ? [{ paymentId, afterVersion }] : [];
    },
  };
}
