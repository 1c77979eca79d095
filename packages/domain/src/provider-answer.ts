/** What a call to the payment provider came back with. Answers are data: a provider that misbehaves raises nothing. */
export type ProviderAnswer =
  /** The provider showed its object. What it means is read from `payment.state`. */
  | { kind: "object"; payment: ProviderPayment; evidence: Evidence }
  /** The provider's list holds no object for the payment. Only `find` answers so. */
  | { kind: "absent"; evidence: Evidence }
  /** The provider refused for good: the card, or the request. Nothing was charged by this call. */
  | { kind: "declined"; code: string; evidence: Evidence }
  /** Provably nothing ran: the request never left, or was turned away unread (429, 401). */
  | { kind: "not_executed"; code: string; evidence: Evidence }
  /** Anything else. Money may have moved. */
  | { kind: "unknown"; code: string; evidence: Evidence };

/** The provider's object that can take money once: a PaymentIntent at Stripe. */
export interface ProviderPayment {
  id: string;
  /** The provider's own word; only those that `nextStep` understands lead anywhere. */
  state: string;
  amountMinor: number;
  /** Lower-case ISO 4217. */
  currency: string;
  /** Why the last confirm was declined, where it was. */
  declineCode: string | null;
}

export type ProviderOperation = "create" | "find" | "confirm" | "retrieve" | "cancel";

/** What is kept of one provider call: enough to argue with the provider, no secret and no card data. */
export interface Evidence {
  operation: ProviderOperation;
  /** ISO 8601, when the call was sent. */
  at: string;
  durationMs: number;
  httpStatus?: number;
  /** The provider's request id, which its support asks for. */
  requestId?: string;
  objectId?: string;
  state?: string;
  code?: string;
  message?: string;
}
