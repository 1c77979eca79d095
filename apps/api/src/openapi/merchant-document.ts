import type { ErrorCode } from "@payonce/domain";
import { buildDocument, type OperationDescription, type ProblemExample } from "@payonce/http/openapi";
import { z } from "zod";
import { originCalls } from "../allowed-origins/describe-origins.ts";
import { healthCalls } from "../describe-health.ts";
import { paymentCalls } from "../payments/describe-payments.ts";
import { getEventsCall } from "../payments/events/describe-events.ts";
import { receiveStripeEventCall } from "../provider-webhooks/describe-provider-webhooks.ts";
import { refundCalls } from "../refunds/describe-refunds.ts";
import { deliveryCalls } from "../webhook-endpoints/describe-deliveries.ts";
import { endpointCalls } from "../webhook-endpoints/describe-endpoints.ts";
import { curlOf } from "./code-sample.ts";
import { webhooks } from "./describe-webhooks.ts";
import { PAYMENT_ID } from "./examples.ts";
import { readGuide } from "./guide.ts";
import { COMMON_HEADERS, describeCall } from "./operation.ts";

const getDocument = describeCall({
  operationId: "getOpenApiDocument",
  method: "get",
  path: "/openapi.json",
  tag: "Running it",
  summary: "This description",
  description: "For tools: an OpenAPI 3.1 document. For people it is at `/docs`.",
  access: "everybody",
  answers: {
    200: {
      description: "The document.",
      schema: z.looseObject({ openapi: z.string().meta({ description: "The version of OpenAPI" }) }),
      example: { openapi: "3.1.0" },
      headers: {
        ETag: { description: "Changes with the document", schema: { type: "string" }, required: true },
      },
    },
    304: { description: "It is as `If-None-Match` says." },
  },
});

/** Every call of the merchant API. A test compares them with the routes. */
export const OPERATIONS: readonly OperationDescription[] = [
  ...paymentCalls,
  getEventsCall,
  ...refundCalls,
  ...endpointCalls,
  ...deliveryCalls,
  ...originCalls,
  ...healthCalls,
  getDocument,
  receiveStripeEventCall,
];

/** What a path that is not described answers, and a method that a path does not take. */
export const ROUTING_PROBLEMS: readonly ErrorCode[] = ["route_not_found", "method_not_allowed"];

/** Every code that the merchant API answers with. */
export const PROBLEM_CODES: readonly ErrorCode[] = [
  ...new Set([...OPERATIONS.flatMap(({ problems }) => problems), ...ROUTING_PROBLEMS]),
];

/** The OpenAPI document of the merchant API. */
export function buildMerchantDocument() {
  const about = {
    title: "Payonce",
    version: "1",
    description: readGuide(PROBLEM_CODES),
    license: { name: "MIT", identifier: "MIT" },
    tags: TAGS,
    security: {
      secretKey: {
        type: "http" as const,
        scheme: "bearer" as const,
        description: "Your secret key, `sk_test_…` or `sk_live_…`. For your servers alone: it may do everything.",
      },
      publishableKey: {
        type: "http" as const,
        scheme: "bearer" as const,
        description: "Your publishable key, `pk_test_…` or `pk_live_…`. For web pages whose origin you have allowed.",
      },
      clientSecret: {
        type: "apiKey" as const,
        in: "header" as const,
        name: "Payonce-Client-Secret",
        description: "The payment's `client_secret`, beside a publishable key.",
      },
    },
    problemCodes: PROBLEM_CODES,
    problemExamples: { path: "/v1/payments", of: PROBLEM_EXAMPLES },
    headers: COMMON_HEADERS,
  };
  return buildDocument(about, OPERATIONS.map(withSample), webhooks);
}

/** Ends the description of a call with how to make it. */
function withSample(operation: OperationDescription): OperationDescription {
  const curl = curlOf(operation);
  return curl ? { ...operation, description: `${operation.description}\n\n\`\`\`sh\n${curl}\n\`\`\`` } : operation;
}

const TAGS = [
  { name: "Payments", description: "Taking money, and learning what became of it" },
  { name: "Refunds", description: "Sending money back" },
  { name: "Webhook endpoints", description: "Where you are told of events" },
  { name: "Webhook deliveries", description: "How the telling goes" },
  { name: "Allowed origins", description: "Which web pages may use your publishable keys" },
  { name: "Running it", description: "For those who run Payonce" },
];

const key = { param: "Authorization" };
const payment = `/v1/payments/${PAYMENT_ID}`;
const PROBLEM_EXAMPLES: Partial<Record<ErrorCode, ProblemExample>> = {
  api_key_missing: { ...key, detail: "Send a secret key as `Authorization: Bearer sk_…`." },
  api_key_invalid: { ...key, detail: "The key is unknown or revoked." },
  secret_key_required: { ...key, detail: "A publishable key cannot do this." },
  secret_key_in_browser: { ...key, detail: "A web page sent a secret key, so whoever opens the page can read it." },
  origin_not_allowed: {
    param: "Origin",
    detail: "A publishable key is taken from the merchant's web pages only. Add the page's origin.",
  },
  body_too_large: { detail: "A body may have at most 16384 bytes." },
  client_secret_invalid: { param: "Payonce-Client-Secret", detail: "It must be 32 to 128 letters, digits, - or _." },
  client_secret_missing: { param: "Payonce-Client-Secret", detail: "Send the payment's client secret." },
  content_type_unsupported: { param: "Content-Type", detail: "Send the body as `Content-Type: application/json`." },
  field_invalid: { param: "amount", detail: '"amount" must be at least 1 minor unit.' },
  idempotency_key_invalid: { param: "Idempotency-Key", detail: "It must be 1 to 255 visible ASCII characters." },
  idempotency_key_missing: {
    param: "Idempotency-Key",
    detail: "Send a key of your own, a UUID for instance; repeat it on retries.",
  },
  idempotency_key_reused: {
    param: "Idempotency-Key",
    detail: "Another body or client secret came with this key before. Use a new key for a new payment.",
  },
  not_acceptable: {
    param: "Accept",
    path: `${payment}/events`,
    detail: "Events come as application/json or as text/event-stream.",
  },
  order_already_paid_for: {
    param: "order_reference",
    payment,
    detail: "Another payment for this order is under way or has succeeded.",
  },
  parameter_invalid: { param: "limit", detail: '"limit" must be a whole number from 1 to 100, given once.' },
  payment_not_cancelable: { path: `${payment}/cancel`, payment, detail: "The payment is succeeded." },
  payment_not_found: { path: payment, detail: "You have no payment with this id." },
  payment_not_refundable: {
    path: `${payment}/refunds`,
    payment,
    detail: "The payment is declined. It was never charged.",
  },
  rate_limited: { detail: "More than 2000 requests came within 10 seconds." },
  refund_exceeds_payment: {
    path: `${payment}/refunds`,
    param: "amount",
    payment,
    amountLeft: 3200,
    detail: "32.00 EUR is left of the payment; refunds under way count as gone.",
  },
  refund_not_found: { path: "/v1/refunds/ref_01kahwc3d4exvtb06p9ks8w21m" },
  webhook_delivery_not_found: { path: "/v1/webhook_deliveries/whd_01kahwdk0ze5br8yvg1tn7x6cp" },
  webhook_endpoint_disabled: { path: "/v1/webhook_deliveries/whd_01kahwdk0ze5br8yvg1tn7x6cp/redeliver" },
  webhook_endpoint_limit: { path: "/v1/webhook_endpoints", detail: "A merchant may have 16 webhook endpoints." },
  webhook_endpoint_not_found: { path: "/v1/webhook_endpoints/whe_01kahwd7r1ehasv4ckf2yq83ng" },
  webhook_signature_invalid: { path: "/v1/provider-webhooks/stripe", param: "Stripe-Signature" },
};
