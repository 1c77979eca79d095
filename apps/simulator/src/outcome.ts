import type { Change } from "./books.ts";
import type { UsedKey } from "./due.ts";

/** An HTTP answer as data. */
export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * How an answer travels: right away, after SIMULATOR_SLOW_MS, not at all, as a TCP reset in its place, or in one of the
 * ways an answer can be spoilt (see spoilt-answers.ts).
 */
export type Delivery = "at_once" | "slowly" | "never" | "reset" | SpoiltDelivery;

export type SpoiltDelivery = "drip" | "malformed" | "truncated" | "html" | "huge";

/** What a write operation decided. Nothing of it is true until its `change` is committed. */
export type Outcome = {
  readonly answer: Answer;
  readonly change: Pick<
    Change,
    "intent" | "charge" | "failed_charge" | "refund" | "due" | "create_fault_spent" | "next_refunds"
  >;
  /** Whether `answer` is kept under the request's idempotency key, delivered or not. */
  readonly remembered: boolean;
  readonly delivery: Delivery;
};

/** What a write operation is told about its request. */
export type OperationRequest = {
  /** The PaymentIntent named in the path, or an empty string. */
  readonly id: string;
  /** The decoded form or query, not yet validated. */
  readonly params: unknown;
  readonly key: UsedKey | null;
  readonly requestId: string;
  readonly now: Date;
  /** SIMULATOR_SLOW_MS: what slow things take. */
  readonly slowMs: number;
};

/** The request never began executing. As at Stripe its answer is not stored: the same key may be used again. */
export function refused(answer: Answer): Outcome {
  return { answer, change: {}, remembered: false, delivery: "at_once" };
}

/** The request began executing, whether it then succeeded or not. Its answer is what the key will replay. */
export function executed(answer: Answer, change: Outcome["change"] = {}): Outcome {
  return { answer, change, remembered: true, delivery: "at_once" };
}
