import {
  findOwnRefund,
  type ProviderRefund,
  type RefundAnswer,
  refundStateOf,
  type ShownState,
} from "./provider-refund.ts";

/** What the charger knows about the refund it has claimed. */
export interface ClaimedRefund {
  id: string;
  amountMinor: number;
  currency: string;
  /** True when a request for it has left, or may have, whatever came of it. */
  wasSent: boolean;
  /** True when one of those may have moved money and nobody has seen the outcome. */
  outcomeUnknown: boolean;
  /** True when evidence from outside asked for this look. */
  isHinted: boolean;
  /** True when the provider may have forgotten the current key, or has forgotten one that a lost backup knew of. */
  mayKeyBeForgotten: boolean;
  /** True when the current key answers with a stored error, for as long as it is remembered. */
  isKeySpent: boolean;
  /** True when the last request left so long ago that it cannot be on its way any more. */
  isQuiet: boolean;
}

export type RefundStep =
  /** Read the provider's list of the payment's refunds. `for` says what the answer decides. */
  | { do: "look"; for: "send" | "replay" }
  | { do: "look"; for: "refusal"; refusal: Refusal }
  /** Ask for the refund: this moves the money. Under the key of the tries before, or under a new one. */
  | { do: "send"; key: "same" | "new" }
  | { do: "settle"; verdict: RefundVerdict };

interface Refusal {
  code: string;
  contradictsSums: boolean;
}

/** How an attempt ends. What is in `anomaly` contradicts our books: a person is told of it. */
export type RefundVerdict =
  | { outcome: "shown"; state: ShownState; refund: ProviderRefund; anomaly: "refund_doubled" | null }
  | { outcome: "refused"; code: string; anomaly: "refunded_elsewhere" | null }
  | { outcome: "not_executed"; code: string }
  | { outcome: "unknown"; code: string; isKeySpent?: true; refund?: ProviderRefund; anomaly?: "provider_mismatch" };

/**
 * The next right step for a claimed refund. Pure; the charger takes the step, and asks again with the answer.
 *
 * A refund has nothing like an unconfirmed object: asking for it moves the money, and asking under another key moves it
 * again. So three things keep it at one:
 * - **The key stays.** As long as the provider remembers it, whatever is sent under it, however often and however late, is
 *   one refund.
 * - **Look before you send again.** Once a request may have run, or its key may be forgotten, the provider's list is read
 *   first. It is consistent, and what we made carries our refund's id: found means obey, never send.
 * - **Another key only when nothing can be under way.** Not being listed proves that nothing has run, not that nothing will:
 *   a request could still be on its way. So a new key needs the list without it *and* a last request that left so long
 *   ago that it is over (`isQuiet`), and then only where the old key is of no use: forgotten, or answering an error for ever.
 *
 * @param taken the step just taken and its answer; absent at the start of an attempt
 */
export function nextRefundStep(refund: ClaimedRefund, taken?: { step: RefundStep; answer: RefundAnswer }): RefundStep {
  if (!taken) return firstStep(refund);
  const { step, answer } = taken;
  if (step.do === "send") return afterSend(refund, answer);
  if (step.do === "look") return afterLook(refund, step, answer);
  throw new Error("a settle is no provider call");
}

function firstStep({ wasSent, outcomeUnknown, isHinted, mayKeyBeForgotten }: ClaimedRefund): RefundStep {
  const mayExist = outcomeUnknown || mayKeyBeForgotten || (isHinted && wasSent);
  return mayExist ? { do: "look", for: "send" } : { do: "send", key: "same" };
}

function afterLook(refund: ClaimedRefund, step: RefundStep & { do: "look" }, answer: RefundAnswer): RefundStep {
  if (answer.kind !== "listed") {
    const code = answer.kind === "shown" ? "provider_unreadable" : answer.code;
    // Not having seen the list, nothing is sent. What was sent before the look stays open.
    return step.for === "send" ? undecided(refund, code) : unknown(code);
  }
  const own = findOwnRefund(answer.refunds, refund.id);
  if (own) return obey(refund, own.refund, own.isDoubled);
  switch (step.for) {
    case "send":
      return sendAgain(refund);
    case "refusal":
      return refuse(step.refusal);
    case "replay":
      return unknown("provider_refund_not_listed");
  }
}

/** The list shows no refund of ours. */
function sendAgain(refund: ClaimedRefund): RefundStep {
  const isKeyGood = !refund.mayKeyBeForgotten && !refund.isKeySpent;
  // Where every request so far provably did not run, there is none that could come late.
  if (isKeyGood || !refund.outcomeUnknown) return { do: "send", key: "same" };
  if (refund.isQuiet) return { do: "send", key: "new" };
  return undecided(refund, "provider_refund_may_be_under_way");
}

function afterSend(refund: ClaimedRefund, answer: RefundAnswer): RefundStep {
  switch (answer.kind) {
    case "shown":
      // A stored answer tells how it began, and it may have failed since.
      return answer.isReplayed ? { do: "look", for: "replay" } : obey(refund, answer.refund, false);
    case "refused":
      return afterRefusal(refund, answer);
    case "not_executed":
      // This request did not run; one before it may have.
      return undecided(refund, answer.code);
    case "unknown":
      return unknown(answer.code, answer.isKeySpent);
    case "listed":
      return unknown("provider_unreadable");
  }
}

/**
 * Stripe checks before it does anything, so what it refuses did not run. But an earlier request of ours may be why it
 * refuses ("already refunded"), or may still be on its way: then only a list that was read after everything is over decides.
 */
function afterRefusal(refund: ClaimedRefund, { code, contradictsSums }: Refusal): RefundStep {
  if (!refund.outcomeUnknown) return refuse({ code, contradictsSums });
  return refund.isQuiet ? { do: "look", for: "refusal", refusal: { code, contradictsSums } } : unknown(code);
}

/** What the provider's own refund says. A state that is not understood stays unknown. */
function obey(refund: ClaimedRefund, shown: ProviderRefund, isDoubled: boolean): RefundStep {
  if (shown.amountMinor !== refund.amountMinor || shown.currency !== refund.currency) {
    const code = `provider_mismatch_${shown.state}`;
    return { do: "settle", verdict: { outcome: "unknown", code, refund: shown, anomaly: "provider_mismatch" } };
  }
  const state = refundStateOf(shown);
  if (state === null)
    return { do: "settle", verdict: { outcome: "unknown", code: `provider_state_${shown.state}`, refund: shown } };
  const anomaly = isDoubled ? "refund_doubled" : null;
  return { do: "settle", verdict: { outcome: "shown", state, refund: shown, anomaly } };
}

function refuse({ code, contradictsSums }: Refusal): RefundStep {
  const anomaly = contradictsSums ? "refunded_elsewhere" : null;
  return { do: "settle", verdict: { outcome: "refused", code, anomaly } };
}

/** Ends an attempt that learned nothing: what was unknown before it still is. */
function undecided({ outcomeUnknown }: ClaimedRefund, code: string): RefundStep {
  return outcomeUnknown ? unknown(code) : { do: "settle", verdict: { outcome: "not_executed", code } };
}

function unknown(code: string, isKeySpent = false): RefundStep {
  return { do: "settle", verdict: { outcome: "unknown", code, ...(isKeySpent && { isKeySpent }) } };
}
