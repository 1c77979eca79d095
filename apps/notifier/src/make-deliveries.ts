import { isUnavailable } from "@payonce/db";
import {
  type DeliveryDispatch,
  fanOutEvents,
  type NewDelivery,
  readUndeliveredEvents,
  readUndeliveredEventsOf,
  type UndeliveredEvent,
} from "@payonce/db/webhooks";
import { ALL_EVENTS, isPublicKind, newId, PUBLIC_EVENTS, publicEventId } from "@payonce/domain";
import { crashPoint, describeError, type Logger } from "@payonce/service";
import type pg from "pg";
import type { WebhookQueue } from "./webhook-queue.ts";

export interface DeliveryMaker {
  /** For what has happened to these payments. When it resolves, what could be made is committed. */
  ofPayments(paymentIds: readonly string[]): Promise<void>;
  /** For the oldest events that nobody has made any for. Answers with how many events there were. */
  ofOldest(limit: number): Promise<number>;
}

const KINDS = Object.keys(PUBLIC_EVENTS);

/** So many events that cannot be fanned out are remembered, to be logged once and not with every try. */
const MAX_REMEMBERED = 1_000;

/** Turns events into deliveries, one for each endpoint that wants them, and wakes a notifier for each. */
export function createDeliveryMaker(
  pool: pg.Pool,
  queue: Pick<WebhookQueue, "addJobs">,
  logger: Logger,
): DeliveryMaker {
  const reported = new Set<string>();
  const report = (event: UndeliveredEvent, error: unknown) => {
    const eventId = publicEventId(event);
    if (reported.has(eventId)) return;
    if (reported.size < MAX_REMEMBERED) reported.add(eventId);
    logger.error({ eventId, error: describeError(error) }, "an event cannot be fanned out");
  };
  /** What the database refuses of many is refused alone: such an event stays where it is, and holds up no other. */
  const fanOut = async (events: readonly UndeliveredEvent[]): Promise<DeliveryDispatch[]> => {
    try {
      return await fanOutEvents(pool, events, events.flatMap(toDeliveries));
    } catch (error) {
      const [event] = events;
      if (!event || isUnavailable(error)) throw error;
      const made: DeliveryDispatch[] = [];
      if (events.length === 1) report(event, error);
      else for (const one of events) made.push(...(await fanOut([one])));
      return made;
    }
  };
  const make = async (events: readonly UndeliveredEvent[]) => {
    if (events.length === 0) return;
    crashPoint("fan-out.before");
    const made = await fanOut(events);
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
