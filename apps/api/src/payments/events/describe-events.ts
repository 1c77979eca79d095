import { browserLiveEventSchema, getEventsQuerySchema, liveEventSchema, timelineEventSchema } from "@payonce/domain";
import { z } from "zod";
import { EVENT_STREAM, EVENTS } from "../../openapi/examples.ts";
import { describeCall, listOf } from "../../openapi/operation.ts";
import { paymentParams } from "../describe-payments.ts";

export const getEventsCall = describeCall({
  operationId: "listPaymentEvents",
  method: "get",
  path: "/v1/payments/{id}/events",
  tag: "Payments",
  summary: "Follow what happens to a payment",
  description: `Its timeline as JSON, oldest first. With \`Accept: text/event-stream\` the same live, as
[server-sent events](https://developer.mozilla.org/docs/Web/API/Server-sent_events): all that has happened, then what
happens, until the payment is final. An event's \`id\` is the payment's \`version\`, its \`event\` the type, and its \`data\` the
entry with the payment as it is then. Comments show every 15 seconds that the connection lives, and after a quarter of an
hour it is ended: open it again with \`Last-Event-ID\`, as a browser does by itself.`,
  access: "anyKeyWithClientSecret",
  params: paymentParams,
  query: getEventsQuerySchema,
  headers: z.object({
    "Last-Event-ID": z
      .string()
      .optional()
      .meta({ description: "The last version you have seen: the stream goes on after it", example: "1" }),
  }),
  answers: {
    200: {
      description: "The timeline, or the stream.",
      schema: listOf(timelineEventSchema),
      example: { object: "list", data: EVENTS, has_more: false },
      eventStream: { schema: z.union([liveEventSchema, browserLiveEventSchema]), example: EVENT_STREAM },
    },
    204: {
      description: "Of a stream: the payment is final, and you have seen all. A browser's EventSource stops then.",
    },
  },
  problems: ["payment_not_found", "not_acceptable"],
});
