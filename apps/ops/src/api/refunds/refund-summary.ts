import type { ListedRefund } from "@payonce/db/operations";
import { idSchema, REFUND_STATES } from "@payonce/domain";
import { z } from "zod";
import { EXAMPLE_PAYMENT_ID } from "../payments/payment-action.ts";
import { EXAMPLE_REFUND_ID } from "./refund-action.ts";

export const refundSummarySchema = z
  .strictObject({
    id: idSchema("ref"),
    object: z.literal("refund_summary"),
    payment_id: idSchema("pay"),
    merchant_id: z.string(),
    merchant_name: z.string(),
    amount: z.int().meta({ description: "In minor units" }),
    currency: z.string().meta({ description: "ISO 4217, lower case" }),
    order_reference: z.string().nullable(),
    status: z.enum(REFUND_STATES),
    version: z.int().meta({ description: "Give it to an action, and nothing is done if the refund has changed since" }),
    outcome_unknown: z.boolean().meta({ description: "Whether the money may have gone back" }),
    attempt_count: z.int(),
    failure_code: z.string().nullable(),
    provider_refund_id: z.string().nullable(),
    next_attempt_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "RefundSummary", description: "A refund as a list shows it" });

export function toRefundSummary(refund: ListedRefund): z.input<typeof refundSummarySchema> {
  return {
    id: refund.id,
    object: "refund_summary",
    payment_id: refund.paymentId,
    merchant_id: refund.merchantId,
    merchant_name: refund.merchantName,
    amount: refund.amountMinor,
    currency: refund.currency,
    order_reference: refund.orderReference,
    status: refund.status,
    version: refund.version,
    outcome_unknown: refund.outcomeUnknown,
    attempt_count: refund.attempts,
    failure_code: refund.failureCode,
    provider_refund_id: refund.providerRefundId,
    next_attempt_at: refund.nextActionAt?.toISOString() ?? null,
    created_at: refund.createdAt.toISOString(),
  };
}

export const EXAMPLE_REFUND_SUMMARY: z.input<typeof refundSummarySchema> = {
  id: EXAMPLE_REFUND_ID,
  object: "refund_summary",
  payment_id: EXAMPLE_PAYMENT_ID,
  merchant_id: "mer_01m814esw7e00bgbyj9j5g8yxa",
  merchant_name: "Bookshop",
  amount: 1000,
  currency: "eur",
  order_reference: "order-1001",
  status: "pending",
  version: 3,
  outcome_unknown: false,
  attempt_count: 1,
  failure_code: null,
  provider_refund_id: "re_3Qk2",
  next_attempt_at: "2026-11-22T09:32:40.007Z",
  created_at: "2026-11-22T09:31:40.007Z",
};
