import type { FinalVerdict } from "./card.ts";
import type { PaymentIntentStatus } from "./payment-intents/payment-intent.ts";
import type { WantedRefund } from "./refunds/create-refund.ts";
import type { RefundStatus } from "./refunds/refund.ts";

/** The idempotency key of a request, and the request it stood for. */
export type UsedKey = {
  readonly value: string;
  /** Hash of API key and idempotency key: the journal holds no API key. */
  readonly scope: string;
  readonly fingerprint: string;
};

/** What is still to come. The journal holds it, so it comes whether or not this process lives till then. */
export type Due = ConfirmDue | RefundStatusDue | LateRefundDue;

/** A bank's word on a confirm. */
export type ConfirmDue = {
  /** The first kind there was: journals know it by having none. */
  readonly kind?: undefined;
  readonly id: string;
  readonly payment_intent: string;
  /** ISO 8601, UTC. Null while the client that asked is still there: the time is set when that leaves. */
  readonly at: string | null;
  /** It counts only if the PaymentIntent then has one of these: one canceled meanwhile is not charged. */
  readonly only_from: readonly PaymentIntentStatus[];
  readonly bank: FinalVerdict;
  readonly token: string;
  readonly error_on_requires_action: boolean;
  readonly key: UsedKey | null;
  readonly request_id: string;
  /** Whether the answer made then is stored under the key: it was not when the request came. */
  readonly answers_key: boolean;
};

/** A bank's word on a refund. */
export type RefundStatusDue = {
  readonly kind: "refund_status";
  readonly id: string;
  readonly at: string;
  readonly refund: string;
  readonly status: RefundStatus;
  readonly failure_reason: string | null;
};

/** A request for a refund that nobody has looked at yet. */
export type LateRefundDue = {
  readonly kind: "late_refund";
  readonly id: string;
  readonly payment_intent: string;
  /** Null while the client that asked is still there. */
  readonly at: string | null;
  readonly wanted: WantedRefund;
  readonly key: UsedKey | null;
  readonly request_id: string;
};
