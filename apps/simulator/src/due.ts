import type { FinalVerdict } from "./card.ts";
import type { PaymentIntentStatus } from "./payment-intents/payment-intent.ts";

/** The idempotency key of a request, and the request it stood for. */
export type UsedKey = {
  readonly value: string;
  /** Hash of API key and idempotency key: the journal holds no API key. */
  readonly scope: string;
  readonly fingerprint: string;
};

/** A bank's word that is still to come. The journal holds it, so it comes whether or not this process lives till then. */
export type Due = {
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
