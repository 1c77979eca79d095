import { createRefundRequestSchema, idSchema, listRefundsQuerySchema, refundResourceSchema } from "@payonce/domain";
import type { OperationDescription } from "@payonce/http/openapi";
import { z } from "zod";
import { REFUND, REFUND_ID, SUCCEEDED_REFUND } from "../openapi/examples.ts";
import { describeCall, IDEMPOTENT_REPLAYED, idempotencyKeyHeader, listOf } from "../openapi/operation.ts";
import { paymentParams } from "../payments/describe-payments.ts";

const tag = "Refunds";

const createRefund = describeCall({
  operationId: "createRefund",
  method: "post",
  path: "/v1/payments/{id}/refunds",
  tag,
  summary: "Refund a payment",
  description: `Sends back an amount, or without one all that is left. Refunds never come to more than was charged, however many are
asked for at once. The same key and body answer with the same refund, so send it again when you saw no answer.`,
  access: "secretKey",
  params: paymentParams,
  headers: z.object({ "Idempotency-Key": idempotencyKeyHeader }),
  body: {
    schema: createRefundRequestSchema,
    examples: {
      part: {
        summary: "A part of it",
        value: { amount: 1000, reason: "requested_by_customer", metadata: { ticket: "t-12" } },
      },
      rest: { summary: "All that is left", value: {} },
    },
  },
  answers: {
    202: {
      description: "It is stored, its amount is kept from other refunds, and it will be sent once.",
      schema: refundResourceSchema,
      example: REFUND,
      location: { description: "The refund", of: (body) => `/v1/refunds/${(body as { id: string }).id}` },
      headers: IDEMPOTENT_REPLAYED,
    },
  },
  problems: [
    "idempotency_key_missing",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "payment_not_found",
    "payment_not_refundable",
    "refund_exceeds_payment",
  ],
});

const listRefunds = describeCall({
  operationId: "listRefunds",
  method: "get",
  path: "/v1/payments/{id}/refunds",
  tag,
  summary: "List the refunds of a payment",
  description: "Newest first, also those that have failed. What they come to is on the payment.",
  access: "secretKey",
  params: paymentParams,
  query: listRefundsQuerySchema,
  answers: {
    200: {
      description: "A page of them.",
      schema: listOf(refundResourceSchema),
      example: { object: "list", data: [SUCCEEDED_REFUND], has_more: false },
    },
  },
  problems: ["payment_not_found"],
});

const getRefund = describeCall({
  operationId: "getRefund",
  method: "get",
  path: "/v1/refunds/{id}",
  tag,
  summary: "Read a refund",
  description: "As it is now. To be told when it changes, use webhooks, or the events of its payment.",
  access: "secretKey",
  params: z.strictObject({ id: idSchema("ref").meta({ description: "The refund's id", example: REFUND_ID }) }),
  answers: { 200: { description: "The refund.", schema: refundResourceSchema, example: SUCCEEDED_REFUND } },
  problems: ["refund_not_found"],
});

export const refundCalls: readonly OperationDescription[] = [createRefund, listRefunds, getRefund];
