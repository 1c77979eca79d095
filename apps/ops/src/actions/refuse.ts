import type { OperatedPayment } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";

type Refused = { result: string; payment?: Pick<OperatedPayment, "status" | "version"> };

/** Says why an action on a payment was not done. Nothing has happened. */
export function refuse({ result, payment }: Refused): never {
  switch (result) {
    case "not_found":
      throw new PayonceError("payment_not_found", "There is no payment with this id.");
    case "not_dead_lettered":
      throw new PayonceError(
        "payment_not_dead_lettered",
        `The payment is ${payment?.status} and no dead letter any more: somebody, or the provider, was first. Nothing was done.`,
      );
    case "changed":
      throw new PayonceError(
        "payment_changed",
        `The payment has changed since you looked at it: its version is ${payment?.version} now. Look again, then decide.`,
      );
    case "outcome_unknown":
      throw new PayonceError(
        "outcome_unknown",
        "The payment may have been charged. Retry it, or look it up: the provider is asked. Or resolve it with evidence.",
      );
    case "nothing_to_look_up":
      throw new PayonceError(
        "nothing_to_look_up",
        "The payment has no object at the provider, so no money can have moved through it.",
      );
    case "no_object":
      throw new PayonceError(
        "field_invalid",
        '"outcome" cannot be succeeded: the payment has no object at the provider, so nothing can have charged it.',
        { param: "outcome" },
      );
    case "refused":
      throw new PayonceError(
        "payment_not_cancelable",
        `The payment is ${payment?.status}: only what has provably not been charged can be canceled. A dead letter is discarded or resolved.`,
      );
    default:
      throw new Error(`a result without an answer: ${result}`);
  }
}
