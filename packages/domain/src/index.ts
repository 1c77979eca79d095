export {
  type AllowedOrigins,
  allowedOriginsRequestSchema,
  allowedOriginsSchema,
  MAX_ALLOWED_ORIGINS,
} from "./allowed-origins.ts";
export {
  type BrowserLiveEvent,
  type BrowserPayment,
  browserLiveEventSchema,
  browserPaymentSchema,
  type CreatedBrowserPayment,
  type CreatedPayment,
  createdBrowserPaymentSchema,
  createdPaymentSchema,
  toBrowserEvent,
  toBrowserLiveEvent,
  toBrowserPayment,
} from "./browser-payment.ts";
export { canonicalJson } from "./canonical-json.ts";
export { containsCardNumber } from "./card-number.ts";
export { formatClientSecret, parseClientSecret, parseNewClientSecret } from "./client-secret.ts";
export {
  type CreatePaymentRequest,
  createPaymentRequestSchema,
  parseIdempotencyKey,
} from "./create-payment-request.ts";
export { ERROR_CATALOGUE, type ErrorCode, PayonceError, type Problem } from "./error-catalogue.ts";
export { firstIdAt, idSchema, newId } from "./ids.ts";
export {
  CHARGES_QUEUE,
  type ChargeJob,
  type ChargeJobName,
  chargeJobId,
  chargeJobSchema,
  DEAD_LETTER_QUEUE,
  type DeadLetterJob,
  deadLetterJobId,
  deadLetterJobSchema,
} from "./jobs.ts";
export { listPaymentsQuerySchema } from "./list-payments-query.ts";
export { amountMinorSchema, CURRENCIES, currencySchema, exponentOf, formatMoney, MAX_AMOUNT_MINOR } from "./money.ts";
export { type ClaimedPayment, nextStep, type Step, type Verdict } from "./next-step.ts";
export { PAYMENT_EVENTS_STREAM, type PaymentEvent, paymentEventSchema } from "./payment-event.ts";
export {
  getPaymentQuerySchema,
  MAX_WAIT_SECONDS,
  type PaymentResource,
  paymentResourceSchema,
} from "./payment-resource.ts";
export {
  canTransition,
  isFinal,
  isSettled,
  mayCarryUnknownOutcome,
  PAYMENT_STATES,
  type PaymentState,
  TRANSITIONS,
} from "./payment-state.ts";
export type { Evidence, ProviderAnswer, ProviderOperation, ProviderPayment } from "./provider-answer.ts";
export {
  HIDDEN_KINDS,
  isPublicKind,
  PUBLIC_EVENT_TYPES,
  PUBLIC_EVENTS,
  type PublicEventKey,
  type PublicEventType,
  type PublicKind,
  publicEventId,
} from "./public-event.ts";
export {
  type CreateRefundRequest,
  createRefundRequestSchema,
  REFUND_REASONS,
  type RefundReason,
} from "./refunds/create-refund-request.ts";
export { type JudgedRefund, judgeRefund, type RefundJudgement } from "./refunds/judge-refund.ts";
export { DEFAULT_LOOK_WAITS_MS, lookWaitMs } from "./refunds/look-schedule.ts";
export { type ClaimedRefund, nextRefundStep, type RefundStep, type RefundVerdict } from "./refunds/next-refund-step.ts";
export {
  findOwnRefund,
  type ProviderRefund,
  type RefundAnswer,
  type RefundEvidence,
  refundStateOf,
  type ShownState,
} from "./refunds/provider-refund.ts";
export {
  type CompareRefundsJob,
  compareRefundsJobSchema,
  REFUND_DEAD_LETTER_QUEUE,
  REFUNDS_QUEUE,
  type RefundDeadLetterJob,
  type RefundJob,
  type RefundJobName,
  refundDeadLetterJobId,
  refundDeadLetterJobSchema,
  refundJobId,
  refundJobSchema,
} from "./refunds/refund-jobs.ts";
export { listRefundsQuerySchema, type RefundResource, refundResourceSchema } from "./refunds/refund-resource.ts";
export { type RefundSettlement, refundFailureCode, refundSettlementOf } from "./refunds/refund-settlement.ts";
export {
  canRefundTransition,
  isRefundAtRest,
  mayCarryUnknownRefund,
  REFUND_STATES,
  REFUND_TRANSITIONS,
  type RefundState,
  reservesMoney,
} from "./refunds/refund-state.ts";
export { REFUND_SUMS, type RefundSum, refundSumOf } from "./refunds/refund-sum.ts";
export { DEFAULT_REVIEW_WAITS_MS } from "./refunds/review-schedule.ts";
export { DEFAULT_RETRY_WAITS_MS, retryWaitMs } from "./retry-schedule.ts";
export { type DeadLetterReason, type Settlement, settlementOf } from "./settlement.ts";
export {
  getEventsQuerySchema,
  INTERNAL_CODES,
  type LiveEvent,
  liveEventSchema,
  TIMELINE_EVENTS,
  TIMELINE_KINDS,
  type TimelineEvent,
  type TimelineKind,
  type TimelineRow,
  timelineEventSchema,
  toTimelineEvent,
} from "./timeline-event.ts";
export { judgeWebhookAnswer, parseRetryAfterMs, type WebhookFailure, type WebhookOutcome } from "./webhook-answer.ts";
export {
  listWebhookDeliveriesQuerySchema,
  WEBHOOK_DEAD_LETTER_REASONS,
  WEBHOOK_DELIVERY_STATES,
  type WebhookDeadLetterReason,
  type WebhookDeliveryResource,
  type WebhookDeliveryState,
  webhookDeliveryResourceSchema,
} from "./webhook-delivery.ts";
export {
  ALL_EVENTS,
  createWebhookEndpointSchema,
  DEFAULT_SECRET_OVERLAP_SECONDS,
  listWebhookEndpointsQuerySchema,
  MAX_WEBHOOK_ENDPOINTS,
  type NewWebhookSecretResource,
  newWebhookSecretResourceSchema,
  rotateWebhookSecretSchema,
  updateWebhookEndpointSchema,
  WEBHOOK_DISABLED_REASONS,
  type WebhookDisabledReason,
  type WebhookEndpointResource,
  webhookEndpointResourceSchema,
} from "./webhook-endpoint.ts";
export { type WebhookEvent, webhookEventSchema } from "./webhook-event.ts";
export { WEBHOOKS_QUEUE, type WebhookJob, webhookJobId, webhookJobSchema } from "./webhook-job.ts";
export { DEFAULT_WEBHOOK_RETRY_WAITS_MS, MAX_RETRY_AFTER_MS, webhookRetryWaitMs } from "./webhook-retry.ts";
