import { z } from "zod";
import { idSchema } from "./ids.ts";
import { paymentResourceSchema } from "./payment-resource.ts";
import { PUBLIC_EVENTS } from "./public-event.ts";

/** The body of a webhook, in the form of Standard Webhooks. https://github.com/standard-webhooks/standard-webhooks */
export const webhookEventSchema = z.strictObject({
  /** As in the header `webhook-id`: the same whenever this event is sent, so receivers can tell what they have had. */
  id: z.string(),
  type: z.enum(PUBLIC_EVENTS),
  /** When it happened; `webhook-timestamp` is when it was sent. */
  timestamp: z.iso.datetime(),
  /** The payment's version that this event made; that of `data` is the same or higher. */
  version: z.int(),
  /** The refund that this is about; null where it is about the payment itself. */
  refund: idSchema("ref").nullable(),
  /**
   * The payment as it is when the webhook is sent, which may be later than the event: read `version`, and ignore what is
   * lower than what you have. So an event that comes late, again or out of order never sets a receiver back.
   */
  data: paymentResourceSchema,
});

export type WebhookEvent = z.output<typeof webhookEventSchema>;
