import type { PaymentState, RefundState } from "@payonce/domain";
import type { ClientRequest } from "../storm/client-log.ts";
import type { ProviderBooks } from "../storm/provider-books.ts";

export interface PaymentFact {
  id: string;
  merchantId: string;
  idempotencyKey: string;
  amountMinor: number;
  currency: string;
  paymentMethod: string;
  orderReference: string | null;
  status: PaymentState;
  version: number;
  outcomeUnknown: boolean;
  providerObjectId: string | null;
  refundReservedMinor: number;
  refundedMinor: number;
}

export interface AttemptFact {
  id: string;
  paymentId: string;
  number: number;
  startedAt: Date;
  outcome: string | null;
  code: string | null;
}

export interface TimelineFact {
  paymentId: string;
  version: number;
  kind: string;
  code: string | null;
  refundId: string | null;
  at: Date;
}

export interface RefundFact {
  id: string;
  paymentId: string;
  idempotencyKey: string;
  amountMinor: number;
  status: RefundState;
  version: number;
  outcomeUnknown: boolean;
  providerRefundId: string | null;
}

/** A change of a payment, as the observer saw it. */
export interface ChangeFact {
  paymentId: string;
  version: number;
  oldStatus: PaymentState;
  newStatus: PaymentState;
  oldUnknown: boolean;
  newUnknown: boolean;
  oldObject: string | null;
  newObject: string | null;
}

/** What is in BullMQ, by queue. */
export interface QueueFact {
  queue: string;
  /** Jobs that wait, are at work, or are delayed. */
  moving: number;
  /** Ids of those that wait. */
  waitingIds: string[];
}

/** A webhook that its receiver took: genuine, and answered 2xx. */
export interface ReceivedWebhook {
  id: string;
  type: string;
  version: number;
  paymentId: string;
}

/** All that is looked at. What was read first is older: books and client log before Postgres, whose rows are of one moment. */
export interface Facts {
  books: ProviderBooks;
  requests: readonly ClientRequest[];
  payments: PaymentFact[];
  attempts: AttemptFact[];
  timeline: TimelineFact[];
  refunds: RefundFact[];
  anomalies: { kind: string; paymentId: string | null; providerObjectId: string | null }[];
  changes: ChangeFact[];
  /** Payments whose acceptance went through the outbox. */
  announcedPaymentIds: ReadonlySet<string>;
  outboxDepth: number;
  webhookOutboxDepth: number;
  /** That are neither delivered nor dead letters. */
  openDeliveries: number;
  /** Merchants that have a webhook endpoint, from before their first payment. */
  subscribedMerchantIds: ReadonlySet<string>;
  /** Looked at only at rest, like all that follows. */
  queues: QueueFact[];
  received: readonly ReceivedWebhook[];
  /** Where something was found that nobody may see. */
  leaks: string[];
}
