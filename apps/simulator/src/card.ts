import type { Fault } from "./fault.ts";
import type { PaymentIntentStatus } from "./payment-intents/payment-intent.ts";
import type { RefundFaultName } from "./refunds/refund-faults.ts";

/** What the card's bank says in the end when it is asked for the money. */
export type FinalVerdict =
  /** `extraMinor` is taken on top of what was asked for. */
  | { readonly kind: "approves"; readonly extraMinor?: number }
  | {
      readonly kind: "declines";
      readonly code: string;
      readonly declineCode: string;
      readonly message: string;
    };

export type BankVerdict =
  | FinalVerdict
  /** `insists` even where the caller said that it cannot do any. */
  | { readonly kind: "wants_authentication"; readonly insists?: true }
  /** Until it has made up its mind the PaymentIntent has this status. */
  | { readonly kind: "ponders"; readonly status: PaymentIntentStatus; readonly finally: FinalVerdict }
  /** Does not even get the question before the client that asked has left. */
  | { readonly kind: "is_asked_late"; readonly finally: FinalVerdict };

/** What is behind a payment-method token. */
export type Card = {
  /** One line for those who look for a token. */
  readonly about: string;
  readonly bank: BankVerdict;
  /** What the bank says to the first confirm, where that is something else. */
  readonly bankAtFirst?: BankVerdict;
  readonly faults?: {
    readonly create?: Fault;
    readonly confirm?: Fault;
    readonly cancel?: Fault;
  };
  /** What a request to refund its charge meets. */
  readonly refundFault?: RefundFaultName;
};
