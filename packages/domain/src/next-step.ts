import type { ProviderAnswer, ProviderPayment } from "./provider-answer.ts";

/** What the charger knows about the payment it has claimed. */
export interface ClaimedPayment {
  amountMinor: number;
  currency: string;
  /** The one provider object that may ever be confirmed for this payment. */
  providerObjectId: string | null;
  /** True when an earlier attempt may have moved money and nobody has seen the outcome. */
  outcomeUnknown: boolean;
  /** True when evidence from outside asked for this look: the object is looked at before anything is done to it. */
  isHinted: boolean;
  /**
   * True when the payment is older than the provider's memory of idempotency keys. Without a stored object (an old backup
   * was restored, the system stood still for a day) there may still be one, which a create would not find any more.
   */
  isOlderThanKeys: boolean;
}

export type Step =
  | { do: "create" }
  | { do: "find" }
  /** `mayHaveCharged`: the object was found, not made, so nobody knows what has been done to it. */
  | { do: "store"; objectId: string; mayHaveCharged: boolean }
  | { do: "confirm"; objectId: string }
  | { do: "retrieve"; objectId: string }
  | { do: "cancel"; objectId: string; declineCode: string }
  | { do: "settle"; verdict: Verdict };

/** How an attempt ends. `mismatch` means that the provider's object is not the payment we asked for: a person decides. */
export type Verdict =
  | { outcome: "succeeded" }
  | { outcome: "declined" | "not_executed" | "unknown"; code: string; mismatch?: true };

/**
 * The next right step for a claimed payment. Pure; the charger takes the step, and asks again with the answer.
 *
 * The rule that everything rests on: creating an object moves no money, so an unanswered create is simply made again
 * under the same key; **only the stored object is ever confirmed**, and one object takes money once. So whatever is
 * repeated, late or forgotten, there is one charge. Once a confirm may have run, only the object itself can say what
 * happened: it is retrieved, and its state obeyed.
 *
 * @param payment as the claim read it, with `providerObjectId` as stored since
 * @param taken the step just taken and its answer; absent at the start of an attempt and after a store
 */
export function nextStep(payment: ClaimedPayment, taken?: { step: Step; answer: ProviderAnswer }): Step {
  if (!taken) return firstStep(payment);
  const { step, answer } = taken;
  if (answer.kind === "object" && !isSamePayment(payment, answer.payment)) return mismatch(step, answer.payment);
  switch (step.do) {
    case "create":
      return afterCreate(answer);
    case "find":
      return afterFind(answer);
    case "confirm":
      return afterConfirm(payment, step.objectId, answer);
    case "retrieve":
      return afterRetrieve(answer);
    case "cancel":
      return afterCancel(step.declineCode, answer);
    default:
      throw new Error(`"${step.do}" is not a provider call`);
  }
}

function firstStep({ providerObjectId, outcomeUnknown, isHinted, isOlderThanKeys }: ClaimedPayment): Step {
  if (providerObjectId === null) return { do: isOlderThanKeys ? "find" : "create" };
  return { do: outcomeUnknown || isHinted ? "retrieve" : "confirm", objectId: providerObjectId };
}

function afterCreate(answer: ProviderAnswer): Step {
  if (answer.kind === "object") return { do: "store", objectId: answer.payment.id, mayHaveCharged: false };
  // An unconfirmed object cannot have moved money, so even an unanswered create provably charged nothing.
  return settle(answer.kind === "declined" ? "declined" : "not_executed", codeOf(answer));
}

function afterFind(answer: ProviderAnswer): Step {
  if (answer.kind === "object") return { do: "store", objectId: answer.payment.id, mayHaveCharged: true };
  if (answer.kind === "absent") return { do: "create" };
  // Not knowing whether there is an object, none is made. This attempt has moved nothing.
  return settle("not_executed", answer.code);
}

function afterConfirm(payment: ClaimedPayment, objectId: string, answer: ProviderAnswer): Step {
  switch (answer.kind) {
    case "object":
      return obey(answer.payment, "confirm");
    case "declined":
      // A declined object can be confirmed again, by anyone who holds its id: close it before calling it declined.
      return { do: "cancel", objectId, declineCode: answer.code };
    case "not_executed":
      // This confirm did not run; one before it may have, and could still be on its way.
      return settle(payment.outcomeUnknown ? "unknown" : "not_executed", answer.code);
    case "unknown":
    case "absent":
      return settle("unknown", codeOf(answer));
  }
}

function afterRetrieve(answer: ProviderAnswer): Step {
  if (answer.kind === "object") return obey(answer.payment, "retrieve");
  // Not being shown the object says nothing about it, also where the answer is "no such object" (another account?).
  return settle("unknown", codeOf(answer));
}

function afterCancel(declineCode: string, answer: ProviderAnswer): Step {
  if (answer.kind !== "object") return settle("unknown", codeOf(answer));
  if (answer.payment.state === "canceled") return settle("declined", declineCode);
  return obey(answer.payment, "cancel");
}

/** What the provider's own object says. Every state that is not understood stays unknown. */
function obey(object: ProviderPayment, shownBy: "confirm" | "retrieve" | "cancel"): Step {
  switch (object.state) {
    case "succeeded":
      return { do: "settle", verdict: { outcome: "succeeded" } };
    case "canceled":
      return settle("declined", object.declineCode ?? "canceled_at_provider");
    case "requires_confirmation":
      // Only a lookup may lead to a confirm, so that one attempt can never loop.
      if (shownBy === "retrieve") return { do: "confirm", objectId: object.id };
      return settle("unknown", "provider_state_requires_confirmation");
    case "requires_payment_method":
      if (shownBy !== "cancel" && object.declineCode !== null)
        return { do: "cancel", objectId: object.id, declineCode: object.declineCode };
      return settle("unknown", "provider_state_requires_payment_method");
    default:
      return settle("unknown", `provider_state_${object.state}`);
  }
}

function isSamePayment(payment: ClaimedPayment, object: ProviderPayment): boolean {
  return (
    object.amountMinor === payment.amountMinor &&
    object.currency === payment.currency &&
    (payment.providerObjectId === null || object.id === payment.providerObjectId)
  );
}

function mismatch(step: Step, object: ProviderPayment): Step {
  // Before its first confirm an object cannot have moved money; after that a wrong one may have.
  const outcome = step.do === "create" || step.do === "find" ? "not_executed" : "unknown";
  const code = `provider_mismatch_${object.state}`;
  return { do: "settle", verdict: { outcome, code, mismatch: true } };
}

function codeOf(answer: Exclude<ProviderAnswer, { kind: "object" }>): string {
  return answer.kind === "absent" ? "provider_object_absent" : answer.code;
}

function settle(outcome: "declined" | "not_executed" | "unknown", code: string): Step {
  return { do: "settle", verdict: { outcome, code } };
}
