import type { PaymentRow } from "@payonce/db";
import type { PaymentResource } from "@payonce/domain";

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
    next_attempt_at: payment.nextActionAt?.toISOString() ?? null,
    version: payment.version,
    created_at: payment.createdAt.toISOString(),
    updated_at: payment.updatedAt.toISOString(),
  };
}
