import type { ProviderAnswer, ProviderPayment } from "@payonce/domain";

/**
 * A payment provider, as the charger needs it. Charging is two steps: an object that cannot move money is created and
 * remembered, then confirmed. A call never throws for what the provider or the network does: that is an answer.
 */
export interface Provider {
  /** No call takes longer, from connecting to the last byte read. */
  readonly callTimeoutMs: number;
  /** Whose account our key opens, and the API version new payments use. Null while that cannot be found out. */
  identify(): Promise<{ account: string; apiVersion: string } | null>;
  /** Makes an unconfirmed object. The same key gets the same object, as long as the provider remembers it. */
  create(payment: PaymentToCreate, apiVersion: string, idempotencyKey: string): Promise<ProviderAnswer>;
  /**
   * Looks through the provider's list for an object made for the payment, charged ones first. `absent` only when the
   * list was read to its end.
   */
  find(payment: { id: string; createdAt: Date }, apiVersion: string): Promise<ProviderAnswer>;
  /** A page of the objects this system made in a period, newest first; `cursor` is null for the first page. */
  list(period: Period, cursor: string | null): Promise<ProviderPage | Exclude<ProviderAnswer, { kind: "object" }>>;
  /** Takes the money. An object takes it once, however often this is called. */
  confirm(object: ProviderObject, idempotencyKey: string): Promise<ProviderAnswer>;
  /** Shows the object as it is. Moves nothing. */
  retrieve(object: ProviderObject): Promise<ProviderAnswer>;
  /** Closes an object that has not taken money, so that nobody can confirm it any more. */
  cancel(object: ProviderObject, idempotencyKey: string): Promise<ProviderAnswer>;
}

export interface PaymentToCreate {
  id: string;
  amountMinor: number;
  currency: string;
  paymentMethod: string;
  description: string | null;
}

/** An object at the provider, and the version of its API that all its calls use. */
export interface ProviderObject {
  id: string;
  apiVersion: string;
}

/** From, inclusive, to, exclusive: when objects were made. */
export interface Period {
  from: Date;
  to: Date;
}

export interface ProviderPage {
  kind: "page";
  objects: ListedObject[];
  /** Null on the last page. */
  nextCursor: string | null;
}

export interface ListedObject extends ProviderPayment {
  /** The payment it was made for, as its metadata says. */
  paymentId: string | null;
}
