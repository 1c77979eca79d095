export type {
  BrowserPayment,
  CreatedPayment,
  CreatePaymentRequest,
  CreateRefundRequest,
  ErrorCode,
  PaymentResource,
  PaymentState,
  Problem,
  RefundResource,
  TimelineEvent,
} from "@payonce/domain";
export { type Checkout, type CheckoutOptions, createCheckout, type Resumed } from "./checkout.ts";
export type { CallOptions, ConnectionOptions } from "./connection.ts";
export type { AttemptStorage } from "./kept-attempt.ts";
export { createPayonce, type ListOptions, type MoneyOptions, type Payonce } from "./payonce.ts";
export { type ConnectionErrorCode, PayonceError } from "./payonce-error.ts";
export type { Result, WaitOptions } from "./wait-for-result.ts";
