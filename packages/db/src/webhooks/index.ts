export { claimDelivery, type DeliveryClaim, type DeliveryWake, readDeliveryWake } from "./claim-delivery.ts";
export { findWebhookDelivery, listWebhookDeliveries, type WebhookDeliveryRow } from "./deliveries.ts";
export {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  findWebhookEndpoint,
  listWebhookEndpoints,
  type OwnedEndpoint,
  rotateWebhookSecret,
  updateWebhookEndpoint,
  type WebhookEndpointRow,
} from "./endpoints.ts";
export {
  fanOutEvents,
  type NewDelivery,
  readUndeliveredEvents,
  readUndeliveredEventsOf,
  readWebhookBacklog,
  type UndeliveredEvent,
} from "./fan-out.ts";
export { type RedeliverResult, redeliverForMerchant } from "./redeliver.ts";
export { BOX_KEY_BYTES, createSecretBox, type SecretBox } from "./secret-box.ts";
export { type DeliverySettlement, holdDelivery, settleDelivery } from "./settle-delivery.ts";
export {
  type DeliveryDispatch,
  deleteOldDeliveries,
  dispatchDeliveriesAgain,
  findDeliveriesWithoutJob,
  findOverdueDeliveries,
  noteJobsMade,
  type OverdueDelivery,
  releaseHeldDeliveries,
} from "./sweep-deliveries.ts";
