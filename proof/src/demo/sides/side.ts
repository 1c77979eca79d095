import type { CustomerEnd, LedgerCharge, PaidRecord } from "../judge.ts";
import type { PlannedCheckout } from "../plan.ts";
import type { StoryLog } from "../story-log.ts";

/** What a customer learns from one press of Pay. */
export type Said = CustomerEnd["told"];

/** The ledger, added up while it grows. */
export interface ChargesSoFar {
  charges: number;
  chargedTwice: number;
  /** Of second and later charges for the same order. */
  surplusMinor: number;
}

/** One of the two services that are compared, with a provider of its own. */
export interface Side {
  name: string;
  log: StoryLog;
  /** Sends one request for this order and follows it to its end, as a shop's page does. It never throws. */
  pay(checkout: PlannedCheckout): Promise<Said>;
  /** Whether the customer has been told that the order is taken and will be charged. */
  hasAccepted(order: string): boolean;
  /** Kills every process of the service at once, the way a power cut does; resolves when it answers again. */
  crash(): Promise<void>;
  /** Waits until nothing moves any more, with a limit. */
  settle(): Promise<void>;
  /** What the provider has taken so far. */
  chargesSoFar(): Promise<ChargesSoFar>;
  charges(): Promise<LedgerCharge[]>;
  records(): Promise<PaidRecord[]>;
  /** Tells the story what the service's database remembers of an order. */
  tellRows(): Promise<void>;
}

export interface SideOptions {
  /** An empty folder for data and logs. */
  home: string;
  plan: { checkouts: readonly PlannedCheckout[] };
  /** How long the service waits for one call to the provider. */
  providerTimeoutMs: number;
  signal: AbortSignal;
  /** What is to be stopped, from last to first. */
  releases: (() => unknown)[];
}

/** How long a late answer takes, when the service waits so long for it. */
export function lateAnswerMs(providerTimeoutMs: number): number {
  return Math.round(providerTimeoutMs * 1.4);
}
