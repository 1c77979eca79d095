import type { WebhookDeliveryRow } from "@payonce/db/webhooks";
import type { WebhookDeliveryResource } from "@payonce/domain";

export function toDeliveryResource(delivery: WebhookDeliveryRow): WebhookDeliveryResource {
  return {
    id: delivery.id,
    object: "webhook_delivery",
    endpoint: delivery.endpointId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    payment: delivery.paymentId,
    payment_version: delivery.paymentVersion,
    refund: delivery.refundId,
    status: delivery.status,
    dead_letter_reason: delivery.deadLetterReason,
    attempts: delivery.attempts,
    next_attempt_at: delivery.nextActionAt?.toISOString() ?? null,
    last_attempt: delivery.lastAttemptAt && {
      at: delivery.lastAttemptAt.toISOString(),
      duration_ms: delivery.lastDurationMs ?? 0,
      http_status: delivery.lastHttpStatus,
      error: delivery.lastError,
      response: delivery.lastResponse,
    },
    delivered_at: delivery.deliveredAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
  };
}
