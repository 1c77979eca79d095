import type { Answer, Delivery, Outcome } from "./outcome.ts";
import { RATE_LIMITED, SERVER_ERROR } from "./stripe-errors.ts";

/** How a call misbehaves. Each field is one decision, so that a new fault is a new row of tokens.ts and no new code path. */
export type Fault = {
  readonly on: "first" | "every";
  /** Whether the call does its work at all: for a confirm, whether the bank is asked for the money. */
  readonly executes: boolean;
  /** The answer made: what really happened, or an error that hides it. */
  readonly reply: "truth" | "server_error" | "rate_limited";
  /** Whether that answer is kept under the idempotency key and replayed. */
  readonly remembered: boolean;
  readonly delivery: Delivery;
};

/** The fault that a call meets which has had `earlierCalls` of its kind before it. */
export function faultOf(fault: Fault | undefined, earlierCalls: number): Fault | undefined {
  return fault?.on === "every" || earlierCalls === 0 ? fault : undefined;
}

/**
 * What comes of `execute` under the fault. `spent` is what becomes true even where nothing is executed: that there was
 * such a call, or the fault would strike the next one as well.
 */
export function underFault(fault: Fault | undefined, execute: () => Outcome, spent: Outcome["change"] = {}): Outcome {
  if (fault === undefined) return execute();
  const { remembered, delivery } = fault;
  const { answer, change } = fault.executes ? execute() : { answer: SERVER_ERROR, change: {} };
  return { answer: replyOf(fault, answer), change: { ...spent, ...change }, remembered, delivery };
}

function replyOf(fault: Fault, truth: Answer): Answer {
  switch (fault.reply) {
    case "truth":
      return truth;
    case "server_error":
      return SERVER_ERROR;
    case "rate_limited":
      return RATE_LIMITED;
  }
}
