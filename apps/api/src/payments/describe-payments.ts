import {
  browserPaymentSchema,
  createdBrowserPaymentSchema,
  createdPaymentSchema,
  createPaymentRequestSchema,
  getPaymentQuerySchema,
  idSchema,
  listPaymentsQuerySchema,
  paymentResourceSchema,
} from "@payonce/domain";
import type { DescribedHeaders, OperationDescription } from "@payonce/http/openapi";
import { z } from "zod";
import {
  CANCELED_PAYMENT,
  CREATED_PAYMENT,
  PAYMENT_ID,
  QUEUED_PAYMENT,
  SUCCEEDED_PAYMENT,
} from "../openapi/examples.ts";
import { describeCall, IDEMPOTENT_REPLAYED, idempotencyKeyHeader, listOf } from "../openapi/operation.ts";

const tag = "Payments";
export const paymentParams = z.strictObject({
  id: idSchema("pay").meta({ description: "The payment's id", example: PAYMENT_ID }),
});

const createPayment = describeCall({
  operationId: "createPayment",
  method: "post",
  path: "/v1/payments",
  tag,
  summary: "Take a payment",
  description: `Stores the payment and answers at once; the charge follows within the next second. **The same key and body always
answer with the same payment, and make one charge**, so send the request again, unchanged, whenever you saw no answer.

With a publishable key, the page's origin must be allowed, and \`Payonce-Client-Secret\` is needed.`,
  access: "anyKey",
  headers: z.object({
    "Idempotency-Key": idempotencyKeyHeader,
    "Payonce-Client-Secret": z
      .string()
      .regex(/^[A-Za-z0-9_-]{32,128}$/)
      .optional()
      .meta({
        description:
          "A secret that you make: 32 random bytes, as hex digits or base64url. A web page has to send one; a backend may " +
          "leave it out, and gets one. Repeat it together with the key",
      }),
  }),
  body: {
    schema: createPaymentRequestSchema,
    examples: {
      order: {
        summary: "For an order",
        value: {
          amount: 4200,
          currency: "eur",
          payment_method: "pm_card_visa",
          order_reference: "3001",
          description: "Two tickets",
          metadata: { cart: "c-77" },
        },
      },
      least: {
        summary: "As little as possible",
        value: { amount: 4200, currency: "eur", payment_method: "pm_card_visa" },
      },
      lost_answer: {
        summary: "Test: the money moves, and the provider never answers",
        value: { amount: 4200, currency: "eur", payment_method: "pm_sim_timeout_charged" },
      },
    },
  },
  answers: {
    202: {
      description: "It is stored, and will be charged once. Its `client_secret` lets that customer's page follow it.",
      schema: z.union([createdPaymentSchema, createdBrowserPaymentSchema]),
      example: CREATED_PAYMENT,
      location: { description: "The payment", of: (body) => `/v1/payments/${(body as { id: string }).id}` },
      headers: IDEMPOTENT_REPLAYED,
    },
  },
  problems: [
    "idempotency_key_missing",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "client_secret_missing",
    "client_secret_invalid",
    "order_already_paid_for",
  ],
});

const listPayments = describeCall({
  operationId: "listPayments",
  method: "get",
  path: "/v1/payments",
  tag,
  summary: "List payments",
  description: `Newest first. Pages stay right while payments arrive: what is new comes before the first page.`,
  access: "secretKey",
  query: listPaymentsQuerySchema,
  answers: {
    200: {
      description: "A page of them.",
      schema: listOf(paymentResourceSchema),
      example: { object: "list", data: [SUCCEEDED_PAYMENT], has_more: false },
    },
  },
});

const ETAG: DescribedHeaders = {
  ETag: {
    description: "The payment as it is answered: send it as `If-None-Match` the next time",
    schema: { type: "string" },
    example: '"4-Zm9vYmFyYmF6cXV4"',
    required: true,
  },
};

const getPayment = describeCall({
  operationId: "getPayment",
  method: "get",
  path: "/v1/payments/{id}",
  tag,
  summary: "Read a payment, and wait for its result",
  description: `With \`wait\` the answer comes as soon as the payment is final, and at the latest after so many seconds: then look at
its \`status\`, and ask again. With \`If-None-Match\` an answer that would tell you nothing new is a 304.`,
  access: "anyKeyWithClientSecret",
  params: paymentParams,
  query: getPaymentQuerySchema,
  headers: z.object({
    "If-None-Match": z
      .string()
      .optional()
      .meta({ description: "The `ETag` of the last answer. With `wait`, the answer then comes at any change" }),
  }),
  answers: {
    200: {
      description: "The payment as it is now.",
      schema: z.union([paymentResourceSchema, browserPaymentSchema]),
      example: SUCCEEDED_PAYMENT,
      headers: ETAG,
    },
    304: { description: "It is as `If-None-Match` says.", headers: ETAG },
  },
  problems: ["payment_not_found"],
});

const cancelPayment = describeCall({
  operationId: "cancelPayment",
  method: "post",
  path: "/v1/payments/{id}/cancel",
  tag,
  summary: "Cancel a payment",
  description: `For a payment that has provably not been charged: one that is \`queued\`, or in \`retry_wait\`. It is safe to send
this again: canceling a canceled payment answers 200. What was charged is refunded instead.`,
  access: "secretKey",
  params: paymentParams,
  answers: {
    200: { description: "It is canceled.", schema: paymentResourceSchema, example: CANCELED_PAYMENT },
    202: {
      description: "Its object at the provider is still being closed; after that it is canceled.",
      schema: paymentResourceSchema,
      example: { ...QUEUED_PAYMENT, status: "retry_wait", attempts: 1, version: 5 },
    },
  },
  problems: ["payment_not_found", "payment_not_cancelable"],
});

export const paymentCalls: readonly OperationDescription[] = [createPayment, listPayments, getPayment, cancelPayment];
