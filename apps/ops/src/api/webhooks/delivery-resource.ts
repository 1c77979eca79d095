import type { OperatedDelivery } from "@payonce/db/operations";
import { idSchema, WEBHOOK_DEAD_LETTER_REASONS, WEBHOOK_DELIVERY_STATES } from "@payonce/domain";
import { z } from "zod";
import { EXAMPLE_PAYMENT_ID } from "../payments/payment-action.ts";
import { EXAMPLE_ENDPOINT } from "./endpoint-resource.ts";

export const deliverySchema = z
  .strictObject({
    id: idSchema("whd"),
    object: z.literal("webhook_delivery"),
    version: z.int().meta({ description: "Give it to a redelivery, and nothing is done if it has changed since" }),
    endpoint_id: idSchema("whe"),
    url: z.string(),
    merchant_id: z.string(),
    event_id: z.string().meta({ description: "As in the header `webhook-id`" }),
    event_type: z.string(),
    event_at: z.iso.datetime(),
    payment_id: idSchema("pay"),
    payment_version: z.int().meta({ description: "The payment's when it happened" }),
    refund_id: idSchema("ref").nullable(),
    status: z.enum(WEBHOOK_DELIVERY_STATES),
    dead_letter_reason: z.enum(WEBHOOK_DEAD_LETTER_REASONS).nullable(),
    attempts: z.int(),
    tries: z.int().meta({ description: "Attempts of this round, against the retry schedule" }),
    next_attempt_at: z.iso.datetime().nullable(),
    last_attempt: z
      .strictObject({
        at: z.iso.datetime(),
        duration_ms: z.int().nullable(),
        http_status: z.int().nullable().meta({ description: "Null when there was no answer" }),
        error: z.string().nullable().meta({ description: "Null when it was delivered" }),
        response: z.string().nullable().meta({ description: "The beginning of the receiver's answer" }),
      })
      .nullable(),
    delivered_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "WebhookDelivery", description: "One event on its way to one endpoint" });

type Resource = z.input<typeof deliverySchema>;

export function toDelivery(delivery: OperatedDelivery): Resource {
  const { lastAttemptAt } = delivery;
  return {
    id: delivery.id,
    object: "webhook_delivery",
    version: delivery.version,
    endpoint_id: delivery.endpointId,
    url: delivery.url,
    merchant_id: delivery.merchantId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    event_at: delivery.eventAt.toISOString(),
    payment_id: delivery.paymentId,
    payment_version: delivery.paymentVersion,
    refund_id: delivery.refundId,
    status: delivery.status,
    dead_letter_reason: delivery.deadLetterReason,
    attempts: delivery.attempts,
    tries: delivery.tries,
    next_attempt_at: delivery.nextActionAt?.toISOString() ?? null,
    last_attempt: lastAttemptAt && {
      at: lastAttemptAt.toISOString(),
      duration_ms: delivery.lastDurationMs,
      http_status: delivery.lastHttpStatus,
      error: delivery.lastError,
      response: delivery.lastResponse,
    },
    delivered_at: delivery.deliveredAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
  };
}

export const EXAMPLE_DELIVERY: Resource = {
  id: "whd_01m814esw7e00bgbyj9j5g8yxa",
  object: "webhook_delivery",
  version: 19,
  endpoint_id: EXAMPLE_ENDPOINT.id,
  url: EXAMPLE_ENDPOINT.url,
  merchant_id: EXAMPLE_ENDPOINT.merchant_id,
  event_id: `evt_${EXAMPLE_PAYMENT_ID}_5_succeeded`,
  event_type: "payment.succeeded",
  event_at: "2026-11-19T09:31:40.007Z",
  payment_id: EXAMPLE_PAYMENT_ID,
  payment_version: 5,
  refund_id: null,
  status: "dead_lettered",
  dead_letter_reason: "attempts_spent",
  attempts: 9,
  tries: 9,
  next_attempt_at: null,
  last_attempt: {
    at: "2026-11-22T09:31:40.007Z",
    duration_ms: 212,
    http_status: 503,
    error: "http_503",
    response: "Service Unavailable",
  },
  delivered_at: null,
  created_at: "2026-11-19T09:31:40.102Z",
};

/** The path parameter of everything about one delivery. */
export const deliveryParams = z.strictObject({
  id: idSchema("whd").meta({ description: "The delivery's id", example: EXAMPLE_DELIVERY.id }),
});
