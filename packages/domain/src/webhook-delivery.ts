import { z } from "zod";
import { idSchema } from "./ids.ts";
import { MAX_LIST_LIMIT } from "./payment-resource.ts";
import { wholeNumber } from "./whole-number.ts";

/**
 * What a delivery of one event to one endpoint can be.
 *
 * `pending → delivering → succeeded`; an attempt that failed leads to `retry_wait`, and the last one to `dead_lettered`. A
 * redelivery starts again at `pending`, from wherever it is.
 */
export const WEBHOOK_DELIVERY_STATES = ["pending", "delivering", "retry_wait", "succeeded", "dead_lettered"] as const;
export type WebhookDeliveryState = (typeof WEBHOOK_DELIVERY_STATES)[number];

/**
 * Why a delivery is not tried any more: its tries are spent, its endpoint is disabled (it is sent once that is enabled) or
 * deleted, or its jobs led nowhere.
 */
export const WEBHOOK_DEAD_LETTER_REASONS = [
  "attempts_spent",
  "endpoint_disabled",
  "endpoint_deleted",
  "no_progress",
] as const;
export type WebhookDeadLetterReason = (typeof WEBHOOK_DEAD_LETTER_REASONS)[number];

export const listWebhookDeliveriesQuerySchema = z.strictObject({
  status: z
    .enum(WEBHOOK_DELIVERY_STATES, `must be one of ${WEBHOOK_DELIVERY_STATES.join(", ")}`)
    .optional()
    .meta({ description: "Of this state", example: "dead_lettered" }),
  limit: wholeNumber(1, MAX_LIST_LIMIT).default(10).meta({ description: "How many at the most", default: 10 }),
  starting_after: idSchema("whd").optional().meta({ description: "The last id of the page before" }),
});

/** A delivery as the API shows it. */
export const webhookDeliveryResourceSchema = z
  .strictObject({
    id: idSchema("whd").meta({ description: "Sorts by the time of creation" }),
    object: z.literal("webhook_delivery"),
    endpoint: idSchema("whe").meta({ description: "To which endpoint" }),
    event_id: z.string().meta({ description: "As in the header `webhook-id`" }),
    event_type: z.string().meta({ description: "What happened" }),
    payment: idSchema("pay").meta({ description: "To which payment" }),
    payment_version: z.int().meta({ description: "The payment's version when it happened" }),
    refund: idSchema("ref")
      .nullable()
      .meta({ description: "The refund that it is about; null where it is about the payment itself" }),
    status: z.enum(WEBHOOK_DELIVERY_STATES).meta({ description: "`dead_lettered` is not tried any more by itself" }),
    dead_letter_reason: z
      .enum(WEBHOOK_DEAD_LETTER_REASONS)
      .nullable()
      .meta({
        description:
          "Why it is not tried any more: its tries are spent, its endpoint is disabled (it is sent once that is enabled) or " +
          "deleted, or its jobs led nowhere",
      }),
    attempts: z.int().meta({ description: "All that were ever made" }),
    next_attempt_at: z.iso.datetime().nullable().meta({ description: "When it is tried next" }),
    last_attempt: z
      .strictObject({
        at: z.iso.datetime().meta({ description: "When it began" }),
        duration_ms: z.int().meta({ description: "How long it took" }),
        http_status: z.int().nullable().meta({ description: "Null when there was no answer" }),
        error: z.string().nullable().meta({ description: "Null when it was delivered" }),
        response: z.string().nullable().meta({ description: "The beginning of your answer" }),
      })
      .nullable()
      .meta({ description: "What the last attempt came to; null before the first has ended" }),
    delivered_at: z.iso.datetime().nullable().meta({ description: "When it arrived last" }),
    created_at: z.iso.datetime().meta({ description: "UTC" }),
  })
  .meta({ id: "WebhookDelivery", description: "One event on its way to one endpoint" });
export type WebhookDeliveryResource = z.output<typeof webhookDeliveryResourceSchema>;
