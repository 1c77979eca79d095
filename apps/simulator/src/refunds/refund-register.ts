import { createOrderedRecords, type OrderedRecords } from "../ordered-records.ts";
import { holdsMoney, type RefundRecord } from "./refund.ts";

/** Every refund there ever was, in order, and those of one PaymentIntent without looking through all. */
export type RefundRegister = {
  readonly all: Omit<OrderedRecords<RefundRecord>, "put">;
  /** Oldest first. */
  of(paymentIntentId: string): RefundRecord[];
  /** What has gone back of a PaymentIntent's charge, or is on its way. */
  refundedMinor(paymentIntentId: string): number;
  put(record: RefundRecord): void;
};

export function createRefundRegister(): RefundRegister {
  const all = createOrderedRecords<RefundRecord>();
  const idsByIntent = new Map<string, string[]>();
  const of = (id: string) => (idsByIntent.get(id) ?? []).flatMap((refundId) => all.get(refundId) ?? []);

  return {
    all,
    of,
    refundedMinor: (id) =>
      of(id)
        .filter(({ refund }) => holdsMoney(refund))
        .reduce((sum, { refund }) => sum + refund.amount, 0),
    put(record) {
      const { id, payment_intent } = record.refund;
      if (all.get(id) === undefined) idsByIntent.set(payment_intent, [...(idsByIntent.get(payment_intent) ?? []), id]);
      all.put(id, record);
    },
  };
}

/** A refund as the ledger tells of it: money that went back, or was to. */
export type LedgerRefund = {
  readonly id: string;
  readonly payment_intent: string;
  /** `metadata.payment_id` and `metadata.refund_id`, which tie the money to whoever asked for it. */
  readonly payment_id: string | null;
  readonly refund_id: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  readonly failure_reason: string | null;
  readonly idempotency_key: string | null;
  readonly created_at: string;
};

export function ledgerRefund({ refund, idempotency_key, created_at }: RefundRecord): LedgerRefund {
  return {
    id: refund.id,
    payment_intent: refund.payment_intent,
    payment_id: refund.metadata.payment_id ?? null,
    refund_id: refund.metadata.refund_id ?? null,
    amount: refund.amount,
    currency: refund.currency,
    status: refund.status,
    failure_reason: refund.failure_reason ?? null,
    idempotency_key,
    created_at,
  };
}
