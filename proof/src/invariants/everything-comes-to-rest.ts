import { isRefundAtRest, isSettled } from "@payonce/domain";
import type { Facts } from "./facts.ts";
import type { Invariant, Violation } from "./invariant.ts";

/** Liveness. The storm waits for this, up to its bound, before it looks at anything else. */
export const everythingComesToRest: Invariant = {
  id: "7",
  says: "within the bound nothing moves any more: payments, refunds, outbox, queues, webhooks",
  holds: "at_rest",
  find: findRestless,
};

/** What still moves. */
export function findRestless(
  facts: Pick<Facts, "payments" | "refunds" | "outboxDepth" | "webhookOutboxDepth" | "openDeliveries" | "queues">,
): Violation[] {
  const still = (what: string, count: number): Violation[] =>
    count === 0 ? [] : [{ paymentId: null, what: `${what}: ${count} still there` }];
  return [
    ...facts.payments
      .filter(({ status }) => !isSettled(status))
      .map(({ id, status }) => ({ paymentId: id, what: `is still ${status}` })),
    ...facts.refunds
      .filter(({ status }) => !isRefundAtRest(status))
      .map(({ paymentId, id, status }) => ({ paymentId, what: `its refund ${id} is still ${status}` })),
    ...still("outbox rows", facts.outboxDepth),
    ...still("events without deliveries", facts.webhookOutboxDepth),
    ...still("open deliveries", facts.openDeliveries),
    ...facts.queues.flatMap(({ queue, moving }) => still(`jobs in ${queue}`, moving)),
  ];
}
