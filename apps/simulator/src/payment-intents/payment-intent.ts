import { newId, randomText } from "../ids.ts";

export type PaymentIntentStatus =
  | "requires_payment_method"
  | "requires_confirmation"
  | "requires_action"
  | "processing"
  | "requires_capture"
  | "canceled"
  | "succeeded"
  // Stripe has no such one: what a client makes of a status that is newer than itself.
  | "awaiting_network_verdict";

/** What a confirm may begin from. */
export const CONFIRMABLE: readonly PaymentIntentStatus[] = ["requires_confirmation", "requires_payment_method"];

export type LastPaymentError = {
  readonly type: "card_error";
  readonly code: string;
  readonly decline_code: string;
  readonly message: string;
  readonly charge: string;
  readonly payment_method: { readonly id: string; readonly object: "payment_method"; readonly type: "card" };
};

/** Stripe's PaymentIntent as it goes over the wire. It is never edited: each change makes a new one. */
export type PaymentIntent = {
  readonly id: string;
  readonly object: "payment_intent";
  readonly amount: number;
  readonly amount_capturable: number;
  readonly amount_received: number;
  readonly canceled_at: number | null;
  readonly cancellation_reason: string | null;
  readonly capture_method: "automatic";
  readonly client_secret: string;
  readonly confirmation_method: "automatic";
  /** Unix seconds. */
  readonly created: number;
  readonly currency: string;
  readonly description: string | null;
  readonly last_payment_error: LastPaymentError | null;
  readonly latest_charge: string | null;
  readonly livemode: false;
  readonly metadata: Readonly<Record<string, string>>;
  readonly next_action: { readonly type: "use_stripe_sdk"; readonly use_stripe_sdk: object } | null;
  readonly payment_method: string | null;
  readonly payment_method_types: readonly string[];
  readonly status: PaymentIntentStatus;
};

/** The PaymentIntent and what Stripe would not show of it. */
export type IntentRecord = {
  readonly intent: PaymentIntent;
  /** Confirms that got as far as the card: a fault token misbehaves on the first of them only. */
  readonly confirms: number;
  /** Cancels that could have worked, for the same reason. Missing in journals of the first version. */
  readonly cancels?: number;
  /** Requests for a refund that got as far as the charge, for the same reason. */
  readonly refunds?: number;
};

type NewIntent = Pick<
  PaymentIntent,
  "amount" | "currency" | "description" | "metadata" | "payment_method" | "payment_method_types"
>;

/** A PaymentIntent nobody has confirmed: no money has moved. */
export function newPaymentIntent(wanted: NewIntent, now: Date): PaymentIntent {
  const id = newId("pi");
  return {
    id,
    object: "payment_intent",
    amount: wanted.amount,
    amount_capturable: 0,
    amount_received: 0,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic",
    client_secret: `${id}_secret_${randomText()}`,
    confirmation_method: "automatic",
    created: unixSeconds(now),
    currency: wanted.currency,
    description: wanted.description,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: wanted.metadata,
    next_action: null,
    payment_method: wanted.payment_method,
    payment_method_types: wanted.payment_method_types,
    status: wanted.payment_method === null ? "requires_payment_method" : "requires_confirmation",
  };
}

/** The payment-method token in use, also after it was declined; undefined where there never was one. */
export function tokenOf(intent: PaymentIntent): string | undefined {
  return intent.payment_method ?? intent.last_payment_error?.payment_method.id;
}

/** Stripe's times are whole seconds. */
export function unixSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
