import type { EvidencedPayment } from "@payonce/db/operations";
import { idSchema, PAYMENT_STATES } from "@payonce/domain";
import { z } from "zod";
import { EXAMPLE_PAYMENT_SUMMARY } from "./payment-summary.ts";

/** A payment with all that is stored of it. */
export const paymentFields = {
  id: idSchema("pay"),
  object: z.literal("payment"),
  merchant_id: z.string(),
  merchant_name: z.string(),
  idempotency_key: z.string(),
  amount: z.int().meta({ description: "In minor units" }),
  currency: z.string().meta({ description: "ISO 4217, lower case" }),
  payment_method: z.string(),
  order_reference: z.string().nullable(),
  description: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  status: z.enum(PAYMENT_STATES),
  version: z.int().meta({ description: "Rises with every change" }),
  outcome_unknown: z.boolean().meta({ description: "Whether money may have moved" }),
  cancel_requested: z.boolean().meta({ description: "Whether its object at the provider is being closed" }),
  attempt_count: z.int(),
  tries: z.int().meta({ description: "Attempts of this round, against the retry schedule" }),
  dispatch: z.int().meta({ description: "Which job wakes it" }),
  provider_object_id: z.string().nullable().meta({ description: "The one object through which money can move" }),
  provider_account: z.string().nullable(),
  provider_api_version: z.string().nullable(),
  failure_code: z.string().nullable(),
  dead_letter_reason: z.string().nullable(),
  amount_refunded: z.int().meta({ description: "Of the refunds that have succeeded" }),
  amount_reserved_for_refunds: z
    .int()
    .meta({ description: "Of all refunds that have not failed: no other refund can have it" }),
  next_attempt_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

const fieldsSchema = z.strictObject(paymentFields);

export function toPaymentFields(payment: EvidencedPayment): z.input<typeof fieldsSchema> {
  return {
    id: payment.id,
    object: "payment",
    merchant_id: payment.merchantId,
    merchant_name: payment.merchantName,
    idempotency_key: payment.idempotencyKey,
    amount: payment.amountMinor,
    currency: payment.currency,
    payment_method: payment.paymentMethod,
    order_reference: payment.orderReference,
    description: payment.description,
    metadata: payment.metadata,
    status: payment.status,
    version: payment.version,
    outcome_unknown: payment.outcomeUnknown,
    cancel_requested: payment.cancelRequested,
    attempt_count: payment.attempts,
    tries: payment.tries,
    dispatch: payment.dispatch,
    provider_object_id: payment.providerObjectId,
    provider_account: payment.providerAccount,
    provider_api_version: payment.providerApiVersion,
    failure_code: payment.failureCode,
    dead_letter_reason: payment.deadLetterReason,
    amount_refunded: payment.refundedMinor,
    amount_reserved_for_refunds: payment.refundReservedMinor,
    next_attempt_at: payment.nextActionAt?.toISOString() ?? null,
    created_at: payment.createdAt.toISOString(),
    updated_at: payment.updatedAt.toISOString(),
  };
}

export const EXAMPLE_PAYMENT_FIELDS: z.input<typeof fieldsSchema> = {
  ...EXAMPLE_PAYMENT_SUMMARY,
  object: "payment",
  idempotency_key: "order-1001-attempt-1",
  payment_method: "pm_card_visa",
  description: null,
  metadata: {},
  status: "dead_lettered",
  version: 7,
  cancel_requested: false,
  attempt_count: 1,
  tries: 1,
  dispatch: 1,
  provider_object_id: "pi_3Qk2",
  provider_account: "acct_1Nv0FG",
  provider_api_version: "2026-10-29",
  failure_code: "provider_unavailable",
  dead_letter_reason: "attempts_spent",
  amount_refunded: 0,
  amount_reserved_for_refunds: 0,
  next_attempt_at: null,
  updated_at: "2026-11-22T09:33:02.118Z",
};
