export { canonicalJson } from "./canonical-json.ts";
export { containsCardNumber } from "./card-number.ts";
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
export { amountMinorSchema, CURRENCIES, currencySchema, exponentOf, formatMoney, MAX_AMOUNT_MINOR } from "./money.ts";
export { type ClaimedPayment, nextStep, type Step, type Verdict } from "./next-step.ts";
export { PAYMENT_EVENTS_STREAM, type PaymentEvent, paymentEventSchema } from "./payment-event.ts";
export {
  getPaymentQuerySchema,
  listPaymentsQuerySchema,
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
export { DEFAULT_RETRY_WAITS_MS, retryWaitMs } from "./retry-schedule.ts";
export { type DeadLetterReason, type Settlement, settlementOf } from "./settlement.ts";
