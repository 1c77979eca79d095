import {
  fanOutEvents,
  type NewDelivery,
  readUndeliveredEvents,
  readUndeliveredEventsOf,
  type UndeliveredEvent,
} from "@payonce/db/webhooks";
import { ALL_EVENTS, isPublicKind, newId, PUBLIC_EVENTS, publicEventId } from "@payonce/domain";
import { crashPoint } from "@payonce/service";
import type pg from "pg";
import type { WebhookQueue } from "./webhook-queue.ts";

export interface DeliveryMaker {
  /** For what has happened to these payments; when it resolves the rows are committed. */
  ofPayments(paymentIds: readonly string[]): Promise<void>;
  /** For the oldest events that nobody has made any for. Answers with how many events there were. */
  ofOldest(limit: number): Promise<number>;
}

const KINDS = Object.keys(PUBLIC_EVENTS);

/** Turns events into deliveries, one for each endpoint that wants them, and wakes a notifier for each. */
export function createDeliveryMaker(pool: pg.Pool, queue: Pick<WebhookQueue, "addJobs">): DeliveryMaker {
  const make = async (events: readonly UndeliveredEvent[]) => {
    if (events.length === 0) return;
    crashPoint("fan-out.before");
    const made = await fanOutEvents(pool, events, events.flatMap(toDeliveries));
    // A crash here leaves deliveries without a job, which the sweep finds.
    crashPoint("fan-out.after");
    await queue.addJobs(made);
  };
  return {
    ofPayments: async (paymentIds) => make(await readUndeliveredEventsOf(pool, KINDS, paymentIds)),
    async ofOldest(limit) {
      const events = await readUndeliveredEvents(pool, KINDS, limit);
      await make(events);
      return events.length;
    },
  };
}

function toDeliveries(event: UndeliveredEvent): NewDelivery[] {
  const { paymentId, version, kind, refundId, at, endpoints } = event;
  if (!isPublicKind(kind)) return [];
  const eventType = PUBLIC_EVENTS[kind];
  const facts = { eventId: publicEventId(event), eventType, paymentId, version, kind, refundId, at };
  return endpoints
    .filter(({ events }) => events.includes(eventType) || events.includes(ALL_EVENTS))
    .map(({ id, isEnabled }) => ({ ...facts, id: newId("whd"), endpointId: id, isHeld: !isEnabled }));
}
