import { z } from "zod";
import { idSchema } from "./ids.ts";
import { paymentResourceSchema } from "./payment-resource.ts";
import { PUBLIC_EVENTS, publicEventId, TIMELINE_ONLY_EVENTS } from "./public-event.ts";

/** All that merchants may see in a payment's timeline: kind of the row → type of the event. */
export const TIMELINE_EVENTS = { ...PUBLIC_EVENTS, ...TIMELINE_ONLY_EVENTS };
export type TimelineKind = keyof typeof TIMELINE_EVENTS;
export const TIMELINE_KINDS = Object.keys(TIMELINE_EVENTS) as readonly TimelineKind[];

/** Codes of our own in the timeline: which part of the system moved a payment, and not what its charge ran into. */
export const INTERNAL_CODES: readonly string[] = [
  "no_progress",
  "operator_discard",
  "operator_retry",
  "provider_object_says_so",
  "resolved_by_operator",
];

/** A row of the timeline that merchants may see. */
export interface TimelineRow {
  kind: TimelineKind;
  /** The payment's, also where the row is about a refund. */
  version: number;
  code: string | null;
  refundId: string | null;
  at: Date;
}

/** One entry of a payment's timeline, as `GET /v1/payments/{id}/events` shows it. */
export const timelineEventSchema = z
  .strictObject({
    id: z.string().meta({ description: "The same in a webhook about this event" }),
    object: z.literal("event"),
    type: z.enum(TIMELINE_EVENTS).meta({ description: "What happened" }),
    payment: idSchema("pay").meta({ description: "To which payment" }),
    refund: idSchema("ref")
      .nullable()
      .meta({ description: "The refund that this is about; null where it is about the payment itself" }),
    version: z
      .int()
      .meta({ description: "The payment's version that this event made. Rises from event to event, with gaps" }),
    failure_code: z.string().nullable().meta({
      description: "What the attempt ran into; null where all is well, and where nothing was attempted",
    }),
    at: z.iso.datetime().meta({ description: "When it happened, in UTC" }),
  })
  .meta({ id: "Event", description: "An entry of a payment's timeline" });
export type TimelineEvent = z.output<typeof timelineEventSchema>;

/** The data of a server-sent event. */
export const liveEventSchema = timelineEventSchema
  .extend({
    /** The payment as it is when this is sent, which may be later than the event: its version says so. */
    data: paymentResourceSchema,
  })
  .meta({
    id: "LiveEvent",
    description:
      "An entry of the timeline as it is sent live. `data` is the payment as it is then, which may be later than the event",
  });
export type LiveEvent = z.output<typeof liveEventSchema>;

/** Query of `GET /v1/payments/{id}/events`: only what came after a version. */
export const getEventsQuerySchema = z.strictObject({
  // For an EventSource, which sets no header when it is opened; it sends `Last-Event-ID` when it reconnects.
  last_event_id: z
    .string("must be the id of an event, given once")
    .regex(/^\d{1,9}$/, "must be the id of an event, given once")
    .transform(Number)
    .optional()
    .meta({ type: "integer", minimum: 0, description: "Only what came after this version", example: 1 }),
});

/** A timeline row as merchants see it. */
export function toTimelineEvent(payment: string, { kind, version, code, refundId, at }: TimelineRow): TimelineEvent {
  return {
    id: publicEventId({ paymentId: payment, version, kind }),
    object: "event",
    type: TIMELINE_EVENTS[kind],
    payment,
    refund: refundId,
    version,
    failure_code: code !== null && INTERNAL_CODES.includes(code) ? null : code,
    at: at.toISOString(),
  };
}
