import type { PaymentState } from "@payonce/domain";

/** A payment as the statements here return it. */
export interface PaymentRow {
  id: string;
  merchantId: string;
  amountMinor: number;
  currency: string;
  paymentMethod: string;
  orderReference: string | null;
  description: string | null;
  metadata: Record<string, string>;
  /** SHA-256 of the secret that its creator made; null where the secret is derived. */
  clientSecretHash: Uint8Array | null;
  status: PaymentState;
  outcomeUnknown: boolean;
  failureCode: string | null;
  attempts: number;
  /** Of refunds that have succeeded. */
  refundedMinor: number;
  /** Of all refunds that have not failed, those included. */
  reservedMinor: number;
  version: number;
  nextActionAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const PAYMENT_COLUMNS = `id, merchant_id, amount_minor, currency, payment_method, order_reference, description,
  metadata, client_secret_hash, status, outcome_unknown, failure_code, attempts, refunded_minor, refund_reserved_minor,
  version, dispatch, next_action_at, created_at, updated_at`;

export interface RawPaymentRow {
  id: string;
  merchant_id: string;
  /** Text from `pg`. */
  amount_minor: bigint | string;
  currency: string;
  payment_method: string;
  order_reference: string | null;
  description: string | null;
  metadata: Record<string, string>;
  client_secret_hash: Uint8Array | null;
  status: PaymentState;
  outcome_unknown: boolean;
  failure_code: string | null;
  attempts: number;
  refunded_minor: bigint | string;
  refund_reserved_minor: bigint | string;
  version: number;
  next_action_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** From the columns' names to ours. Amounts fit a safe integer: the table checks it. */
export function toPaymentRow(raw: RawPaymentRow): PaymentRow {
  return {
    id: raw.id,
    merchantId: raw.merchant_id,
    amountMinor: Number(raw.amount_minor),
    currency: raw.currency,
    paymentMethod: raw.payment_method,
    orderReference: raw.order_reference,
    description: raw.description,
    metadata: raw.metadata,
    clientSecretHash: raw.client_secret_hash,
    status: raw.status,
    outcomeUnknown: raw.outcome_unknown,
    failureCode: raw.failure_code,
    attempts: raw.attempts,
    refundedMinor: Number(raw.refunded_minor),
    reservedMinor: Number(raw.refund_reserved_minor),
    version: raw.version,
    nextActionAt: raw.next_action_at,
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
  };
}
