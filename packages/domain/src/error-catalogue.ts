/**
 * Every problem the API answers with, in one place: code → HTTP status, title, and whether the same request may be sent
 * again. `detail` says what happened this time; the title never varies (RFC 9457 §3.1).
 */
export const ERROR_CATALOGUE = {
  malformed_json: { status: 400, title: "The body is not JSON", retryable: false },
  malformed_request: { status: 400, title: "The request cannot be read", retryable: false },
  idempotency_key_missing: { status: 400, title: "The Idempotency-Key header is missing", retryable: false },
  idempotency_key_invalid: { status: 400, title: "The Idempotency-Key header is not valid", retryable: false },
  parameter_invalid: { status: 400, title: "A query parameter is not valid", retryable: false },
  client_secret_missing: { status: 400, title: "The payment's client secret is missing", retryable: false },
  client_secret_invalid: { status: 400, title: "The client secret is not valid", retryable: false },
  webhook_signature_invalid: { status: 400, title: "The webhook's signature is not valid", retryable: false },
  api_key_missing: { status: 401, title: "No API key was given", retryable: false },
  api_key_invalid: { status: 401, title: "The API key is not valid", retryable: false },
  secret_key_required: { status: 403, title: "This needs a secret key", retryable: false },
  origin_not_allowed: { status: 403, title: "The web page's origin is not allowed", retryable: false },
  secret_key_in_browser: { status: 403, title: "A secret key was sent by a web page", retryable: false },
  not_signed_in: { status: 401, title: "Nobody is signed in", retryable: false },
  operator_token_invalid: { status: 401, title: "The operator token is not valid", retryable: false },
  credentials_invalid: { status: 401, title: "The name or the password is wrong", retryable: false },
  role_insufficient: { status: 403, title: "The operator's role does not allow this", retryable: false },
  request_forged: { status: 403, title: "The request does not come from a page of ours", retryable: false },
  anomaly_not_found: { status: 404, title: "There is no such anomaly", retryable: false },
  bulk_run_not_found: { status: 404, title: "There is no such bulk run", retryable: false },
  queue_not_found: { status: 404, title: "There is no such queue", retryable: false },
  operator_not_found: { status: 404, title: "There is no such operator", retryable: false },
  operator_token_not_found: { status: 404, title: "There is no such operator token", retryable: false },
  api_key_not_found: { status: 404, title: "There is no such API key", retryable: false },
  merchant_not_found: { status: 404, title: "There is no such merchant", retryable: false },
  webhook_endpoint_not_found: { status: 404, title: "There is no such webhook endpoint", retryable: false },
  webhook_delivery_not_found: { status: 404, title: "There is no such webhook delivery", retryable: false },
  refund_not_found: { status: 404, title: "There is no such refund", retryable: false },
  payment_not_found: { status: 404, title: "There is no such payment", retryable: false },
  route_not_found: { status: 404, title: "There is no such route", retryable: false },
  method_not_allowed: { status: 405, title: "The route does not take this method", retryable: false },
  not_acceptable: { status: 406, title: "There is no answer in a form that the client accepts", retryable: false },
  request_timeout: { status: 408, title: "The request took too long to arrive", retryable: true },
  order_already_paid_for: { status: 409, title: "The order has a payment already", retryable: false },
  payment_not_cancelable: { status: 409, title: "The payment cannot be canceled", retryable: false },
  payment_not_refundable: { status: 409, title: "The payment cannot be refunded", retryable: false },
  refund_exceeds_payment: { status: 409, title: "Less than that is left to refund", retryable: false },
  payment_not_dead_lettered: { status: 409, title: "The payment is not dead-lettered", retryable: false },
  refund_not_dead_lettered: { status: 409, title: "The refund is not dead-lettered", retryable: false },
  refund_changed: { status: 409, title: "The refund has changed since it was looked at", retryable: false },
  webhook_delivery_changed: {
    status: 409,
    title: "The webhook delivery has changed since it was looked at",
    retryable: false,
  },
  payment_changed: { status: 409, title: "The payment has changed since it was looked at", retryable: false },
  outcome_unknown: { status: 409, title: "It is not known whether money moved", retryable: false },
  nothing_to_look_up: { status: 409, title: "There is nothing at the provider to look up", retryable: false },
  count_changed: { status: 409, title: "The count is not the expected one", retryable: false },
  bulk_run_ended: { status: 409, title: "The bulk run is not in that state", retryable: false },
  webhook_endpoint_limit: {
    status: 409,
    title: "There are as many webhook endpoints as there may be",
    retryable: false,
  },
  webhook_endpoint_disabled: { status: 409, title: "The webhook endpoint is disabled", retryable: false },
  anomaly_resolved: { status: 409, title: "The anomaly is resolved already", retryable: false },
  last_admin: { status: 409, title: "The last admin has to stay", retryable: false },
  operator_exists: { status: 409, title: "There is an operator of that name", retryable: false },
  api_key_revoked: { status: 409, title: "The API key is revoked", retryable: false },
  body_too_large: { status: 413, title: "The body is too large", retryable: false },
  content_type_unsupported: { status: 415, title: "The body is not sent as JSON", retryable: false },
  field_invalid: { status: 422, title: "A field is not valid", retryable: false },
  idempotency_key_reused: { status: 422, title: "The idempotency key was used for another request", retryable: false },
  rate_limited: { status: 429, title: "Too many requests", retryable: true },
  too_many_sign_ins: { status: 429, title: "Too many failed sign-ins", retryable: true },
  headers_too_large: { status: 431, title: "The headers are too large", retryable: false },
  internal_error: { status: 500, title: "Something went wrong on our side", retryable: true },
  database_unavailable: { status: 503, title: "Payments cannot be stored at the moment", retryable: true },
  queues_unavailable: { status: 503, title: "The queues cannot be read at the moment", retryable: true },
  busy: { status: 503, title: "Too many requests at once", retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** `application/problem+json`, RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The path of the request. */
  instance: string;
  code: ErrorCode;
  /** The field, header or parameter at fault; null where there is none. */
  param: string | null;
  request_id: string;
  /** True when sending the same request again may succeed. With the same idempotency key it is always safe. */
  retryable: boolean;
  /** For a conflict: the path of the payment in the way. */
  payment?: string;
  /** For a refund that is too large: what is left of the payment, in minor units. */
  amount_left?: number;
}

/** An expected failure of a request. Whatever throws it reaches the one error handler. */
export class PayonceError extends Error {
  readonly code: ErrorCode;
  readonly param: string | null;
  /** Path of the payment that is in the way, where there is one. */
  readonly payment: string | undefined;
  /** What is left to refund, where that is the matter. In minor units. */
  readonly amountLeft: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    { param = null, payment, amountLeft }: { param?: string | null; payment?: string; amountLeft?: number } = {},
  ) {
    super(detail);
    this.name = "PayonceError";
    this.code = code;
    this.param = param;
    this.payment = payment;
    this.amountLeft = amountLeft;
  }

  get status(): number {
    return ERROR_CATALOGUE[this.code].status;
  }

  toProblem(request: { id: string; path: string }): Problem {
    const { status, title, retryable } = ERROR_CATALOGUE[this.code];
    return {
      type: `urn:payonce:problem:${this.code}`,
      title,
      status,
      detail: this.message,
      instance: request.path,
      code: this.code,
      param: this.param,
      request_id: request.id,
      retryable,
      ...(this.payment && { payment: this.payment }),
      ...(this.amountLeft !== undefined && { amount_left: this.amountLeft }),
    };
  }
}
