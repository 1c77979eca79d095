import { z } from "zod";
import { idSchema } from "./ids.ts";
import { paymentResourceSchema } from "./payment-resource.ts";
import { PUBLIC_EVENTS } from "./public-event.ts";

/** The body of a webhook, in the form of Standard Webhooks. https://github.com/standard-webhooks/standard-webhooks */
export const webhookEventSchema = z
  .strictObject({
    id: z.string().meta({
      description:
        "As in the header `webhook-id`: the same whenever this event is sent, so you can tell what you have had",
    }),
    type: z.enum(PUBLIC_EVENTS).meta({ description: "What happened" }),
    timestamp: z.iso.datetime().meta({ description: "When it happened; `webhook-timestamp` is when it was sent" }),
    version: z
      .int()
      .meta({ description: "The payment's version that this event made; that of `data` is the same or higher" }),
    refund: idSchema("ref")
      .nullable()
      .meta({ description: "The refund that this is about; null where it is about the payment itself" }),
    data: paymentResourceSchema,
  })
  .meta({
    id: "WebhookEvent",
    description:
      "The body of a webhook. `data` is the payment as it is when the webhook is sent, which may be later than the event: " +
      "read its `version`, and ignore what is lower than what you have. So an event that comes late, again or out of " +
      "order never sets you back",
  });

export type WebhookEvent = z.output<typeof webhookEventSchema>;
