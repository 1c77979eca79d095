import type { ListedPayment } from "@payonce/db/operations";
import { idSchema, PAYMENT_STATES } from "@payonce/domain";
import { z } from "zod";
import { EXAMPLE_PAYMENT_ID } from "./payment-action.ts";

export const paymentSummarySchema = z
  .strictObject({
    id: idSchema("pay"),
    object: z.literal("payment_summary"),
    merchant_id: z.string(),
    merchant_name: z.string(),
    amount: z.int().meta({ description: "In minor units" }),
    currency: z.string().meta({ description: "ISO 4217, lower case" }),
    order_reference: z.string().nullable(),
    status: z.enum(PAYMENT_STATES),
    outcome_unknown: z.boolean().meta({ description: "Whether money may have moved" }),
    failure_code: z.string().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "PaymentSummary", description: "A payment as a list shows it" });

export function toPaymentSummary(payment: ListedPayment): z.input<typeof paymentSummarySchema> {
  return {
    id: payment.id,
    object: "payment_summary",
    merchant_id: payment.merchantId,
    merchant_name: payment.merchantName,
    amount: payment.amountMinor,
    currency: payment.currency,
    order_reference: payment.orderReference,
    status: payment.status,
    outcome_unknown: payment.outcomeUnknown,
    failure_code: payment.failureCode,
    created_at: payment.createdAt.toISOString(),
  };
}

export const EXAMPLE_PAYMENT_SUMMARY: z.input<typeof paymentSummarySchema> = {
  id: EXAMPLE_PAYMENT_ID,
  object: "payment_summary",
  merchant_id: "mer_01m814esw7e00bgbyj9j5g8yxa",
  merchant_name: "Bookshop",
  amount: 4200,
  currency: "eur",
  order_reference: "order-1001",
  status: "succeeded",
  outcome_unknown: false,
  failure_code: null,
  created_at: "2026-11-22T09:31:40.007Z",
};
