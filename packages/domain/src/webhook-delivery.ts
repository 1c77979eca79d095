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
  status: z.enum(WEBHOOK_DELIVERY_STATES, `must be one of ${WEBHOOK_DELIVERY_STATES.join(", ")}`).optional(),
  limit: wholeNumber(1, MAX_LIST_LIMIT).default(10),
  starting_after: idSchema("whd").optional(),
});

/** A delivery as the API shows it. */
export const webhookDeliveryResourceSchema = z.strictObject({
  id: idSchema("whd"),
  object: z.literal("webhook_delivery"),
  endpoint: idSchema("whe"),
  /** As in the header `webhook-id`. */
  event_id: z.string(),
  event_type: z.string(),
  payment: idSchema("pay"),
  /** The payment's version when it happened. */
  payment_version: z.int(),
  /** The refund that it is about; null where it is about the payment itself. */
  refund: idSchema("ref").nullable(),
  status: z.enum(WEBHOOK_DELIVERY_STATES),
  dead_letter_reason: z.enum(WEBHOOK_DEAD_LETTER_REASONS).nullable(),
  /** All attempts ever made. */
  attempts: z.int(),
  next_attempt_at: z.iso.datetime().nullable(),
  /** What the last attempt came to; null before the first has ended. */
  last_attempt: z
    .strictObject({
      at: z.iso.datetime(),
      duration_ms: z.int(),
      /** Null when there was no answer. */
      http_status: z.int().nullable(),
      /** Null when it was delivered. */
      error: z.string().nullable(),
      /** The beginning of the receiver's answer. */
      response: z.string().nullable(),
    })
    .nullable(),
  delivered_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
});
export type WebhookDeliveryResource = z.output<typeof webhookDeliveryResourceSchema>;
