import type { PaymentState } from "@payonce/domain";

/** A payment as a list shows it to operators. */
export interface ListedPayment {
  id: string;
  merchantId: string;
  merchantName: string;
  amountMinor: number;
  currency: string;
  orderReference: string | null;
  status: PaymentState;
  /** True when money may have moved. */
  outcomeUnknown: boolean;
  failureCode: string | null;
  createdAt: Date;
}

/** Of `payments p` and `merchants m`. */
export const LISTED_COLUMNS = `p.id, p.merchant_id AS "merchantId", m.name AS "merchantName",
  p.amount_minor::float8 AS "amountMinor", p.currency, p.order_reference AS "orderReference", p.status,
  p.outcome_unknown AS "outcomeUnknown", p.failure_code AS "failureCode", p.created_at AS "createdAt"`;
