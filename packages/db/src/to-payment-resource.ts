import { type PaymentResource, refundSumOf } from "@payonce/domain";
import type { PaymentRow } from "./payment-row.ts";

/** A payment as merchants see it: in answers of the API, and in webhooks. */
export function toPaymentResource(payment: PaymentRow): PaymentResource {
  return {
    id: payment.id,
    object: "payment",
    amount: payment.amountMinor,
    currency: payment.currency,
    status: payment.status,
    outcome_unknown: payment.outcomeUnknown,
    payment_method: payment.paymentMethod,
    order_reference: payment.orderReference,
    description: payment.description,
    metadata: payment.metadata,
    failure_code: payment.failureCode,
    attempts: payment.attempts,
    amount_refunded: payment.refundedMinor,
    amount_refund_pending: payment.reservedMinor - payment.refundedMinor,
    refund_status: refundSumOf(payment),
    next_attempt_at: payment.nextActionAt?.toISOString() ?? null,
    version: payment.version,
    created_at: payment.createdAt.toISOString(),
    updated_at: payment.updatedAt.toISOString(),
  };
}
