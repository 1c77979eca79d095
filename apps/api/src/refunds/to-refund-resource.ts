import type { RefundRow } from "@payonce/db";
import type { RefundResource } from "@payonce/domain";

/** A refund as merchants see it. */
export function toRefundResource(refund: RefundRow): RefundResource {
  return {
    id: refund.id,
    object: "refund",
    payment: refund.paymentId,
    amount: refund.amountMinor,
    currency: refund.currency,
    status: refund.status,
    outcome_unknown: refund.outcomeUnknown,
    reason: refund.reason,
    metadata: refund.metadata,
    failure_code: refund.failureCode,
    attempts: refund.attempts,
    next_attempt_at: refund.nextActionAt?.toISOString() ?? null,
    version: refund.version,
    created_at: refund.createdAt.toISOString(),
    updated_at: refund.updatedAt.toISOString(),
  };
}
