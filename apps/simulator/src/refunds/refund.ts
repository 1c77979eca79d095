import { newId, randomText } from "../ids.ts";
import type { Charge } from "../ledger.ts";
import { unixSeconds } from "../payment-intents/payment-intent.ts";

export type RefundStatus = "pending" | "succeeded" | "failed" | "canceled";

/** Stripe's Refund as it goes over the wire. It is never edited: each change makes a new one. */
export type Refund = {
  readonly id: string;
  readonly object: "refund";
  readonly amount: number;
  readonly balance_transaction: string | null;
  readonly charge: string;
  /** Unix seconds. */
  readonly created: number;
  readonly currency: string;
  readonly failure_balance_transaction?: string;
  readonly failure_reason?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly payment_intent: string;
  readonly reason: string | null;
  readonly receipt_number: null;
  readonly source_transfer_reversal: null;
  readonly status: RefundStatus;
  readonly transfer_reversal: null;
};

/** The refund and what Stripe would not show of it. */
export type RefundRecord = {
  readonly refund: Refund;
  /** The Idempotency-Key of the request that made it. */
  readonly idempotency_key: string | null;
  /** ISO 8601, UTC. */
  readonly created_at: string;
};

type NewRefund = Pick<Refund, "amount" | "metadata" | "reason" | "status">;

export function newRefund(charge: Charge, wanted: NewRefund, now: Date): Refund {
  return {
    id: newId("re"),
    object: "refund",
    amount: wanted.amount,
    balance_transaction: `txn_${randomText()}`,
    charge: charge.id,
    created: unixSeconds(now),
    currency: charge.currency,
    metadata: wanted.metadata,
    payment_intent: charge.payment_intent,
    reason: wanted.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: wanted.status,
    transfer_reversal: null,
  };
}

/** The refund with what its bank has said since. A failed one's money is back on the account. */
export function refundAfter(refund: Refund, status: RefundStatus, failureReason: string | null): Refund {
  if (failureReason === null) return { ...refund, status };
  return {
    ...refund,
    status,
    failure_reason: failureReason,
    failure_balance_transaction: `txn_${randomText()}`,
  };
}

/** Whether the money is with the customer, or on its way there. */
export function holdsMoney({ status }: Refund): boolean {
  return status === "pending" || status === "succeeded";
}
