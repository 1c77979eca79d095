import type { BankVerdict } from "../card.ts";
import type { FailedCharge } from "../charges/failed-charge.ts";
import type { Due, UsedKey } from "../due.ts";
import { newId } from "../ids.ts";
import type { Charge } from "../ledger.ts";
import type { Answer } from "../outcome.ts";
import { stripeError } from "../stripe-errors.ts";
import { askLate, ponder } from "./answer-later.ts";
import type { LastPaymentError, PaymentIntent } from "./payment-intent.ts";

export type Confirmation = {
  readonly intent: PaymentIntent;
  /** The payment-method token in use. */
  readonly token: string;
  readonly errorOnRequiresAction: boolean;
  readonly key: UsedKey | null;
  readonly requestId: string;
  readonly now: Date;
  readonly slowMs: number;
};

export type Charged = {
  readonly answer: Answer;
  readonly intent: PaymentIntent;
  readonly charge?: Charge;
  readonly failed_charge?: FailedCharge;
  readonly due?: Due;
};

/**
 * Asks the card's bank for the money: the PaymentIntent as it is then, the true answer, and the charge if there is one.
 * A bank that takes its time leaves what is `due` later.
 */
export function runCard(bank: BankVerdict, confirmation: Confirmation): Charged {
  switch (bank.kind) {
    case "approves":
      return capture(confirmation, bank.extraMinor ?? 0);
    case "declines":
      return decline(bank, confirmation);
    case "wants_authentication":
      return confirmation.errorOnRequiresAction && !bank.insists
        ? decline(AUTHENTICATION_REQUIRED, confirmation)
        : requireAction(confirmation);
    case "ponders":
      return ponder(bank, confirmation);
    case "is_asked_late":
      return askLate(bank, confirmation);
  }
}

type Decline = { readonly code: string; readonly declineCode: string; readonly message: string };

const AUTHENTICATION_REQUIRED: Decline = {
  code: "authentication_required",
  declineCode: "authentication_required",
  message: "Your card was declined. This transaction requires authentication.",
};

function capture({ intent, token, key, now }: Confirmation, extraMinor: number): Charged {
  const charge: Charge = {
    id: newId("ch"),
    payment_intent: intent.id,
    payment_id: intent.metadata.payment_id ?? null,
    amount: intent.amount + extraMinor,
    currency: intent.currency,
    idempotency_key: key?.value ?? null,
    captured_at: now.toISOString(),
  };
  const succeeded: PaymentIntent = {
    ...intent,
    amount: charge.amount,
    amount_received: charge.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    payment_method: token,
    status: "succeeded",
  };
  return { answer: { status: 200, body: succeeded }, intent: succeeded, charge };
}

function decline({ code, declineCode, message }: Decline, { intent, token, now }: Confirmation): Charged {
  const error: LastPaymentError = {
    type: "card_error",
    code,
    decline_code: declineCode,
    message,
    charge: newId("ch"),
    payment_method: { id: token, object: "payment_method", type: "card" },
  };
  const declined: PaymentIntent = {
    ...intent,
    last_payment_error: error,
    latest_charge: error.charge,
    payment_method: null,
    status: "requires_payment_method",
  };
  const failed_charge: FailedCharge = {
    id: error.charge,
    payment_intent: intent.id,
    amount: intent.amount,
    currency: intent.currency,
    payment_method: token,
    failure_code: code,
    failure_message: message,
    failed_at: now.toISOString(),
  };
  return { answer: stripeError(402, { ...error, payment_intent: declined }), intent: declined, failed_charge };
}

function requireAction({ intent, token }: Confirmation): Charged {
  const waiting: PaymentIntent = {
    ...intent,
    next_action: { type: "use_stripe_sdk", use_stripe_sdk: {} },
    payment_method: token,
    status: "requires_action",
  };
  return { answer: { status: 200, body: waiting }, intent: waiting };
}
