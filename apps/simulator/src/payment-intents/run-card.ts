import { newId } from "../ids.ts";
import type { Charge } from "../ledger.ts";
import type { Answer } from "../outcome.ts";
import { stripeError } from "../stripe-errors.ts";
import type { BankVerdict } from "../tokens.ts";
import type { LastPaymentError, PaymentIntent } from "./payment-intent.ts";

type Confirmation = {
  readonly intent: PaymentIntent;
  /** The payment-method token in use. */
  readonly token: string;
  readonly errorOnRequiresAction: boolean;
  readonly idempotencyKey: string | null;
  readonly now: Date;
};

type Charged = { readonly answer: Answer; readonly intent: PaymentIntent; readonly charge?: Charge };

/** Asks the card's bank for the money: the PaymentIntent as it is then, the true answer, and the charge if there is one. */
export function runCard(bank: BankVerdict, confirmation: Confirmation): Charged {
  switch (bank.kind) {
    case "approves":
      return capture(confirmation);
    case "declines":
      return decline(bank, confirmation);
    case "wants_authentication":
      return confirmation.errorOnRequiresAction
        ? decline(AUTHENTICATION_REQUIRED, confirmation)
        : requireAction(confirmation);
  }
}

type Decline = { readonly code: string; readonly declineCode: string; readonly message: string };

const AUTHENTICATION_REQUIRED: Decline = {
  code: "authentication_required",
  declineCode: "authentication_required",
  message: "Your card was declined. This transaction requires authentication.",
};

function capture({ intent, token, idempotencyKey, now }: Confirmation): Charged {
  const charge: Charge = {
    id: newId("ch"),
    payment_intent: intent.id,
    payment_id: intent.metadata.payment_id ?? null,
    amount: intent.amount,
    currency: intent.currency,
    idempotency_key: idempotencyKey,
    captured_at: now.toISOString(),
  };
  const succeeded: PaymentIntent = {
    ...intent,
    amount_received: charge.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    payment_method: token,
    status: "succeeded",
  };
  return { answer: { status: 200, body: succeeded }, intent: succeeded, charge };
}

function decline({ code, declineCode, message }: Decline, { intent, token }: Confirmation): Charged {
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
  return { answer: stripeError(402, { ...error, payment_intent: declined }), intent: declined };
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
