import { type OperatedRefund, REFUND_ON_ITS_WAY_MINUTES } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";

type Refused = { result: string; refund?: Pick<OperatedRefund, "status" | "version"> };

/** Says why an action on a refund was not done. Nothing has happened. */
export function refuseRefund({ result, refund }: Refused): never {
  switch (result) {
    case "not_found":
      throw refundNotFound();
    case "not_dead_lettered":
      throw new PayonceError(
        "refund_not_dead_lettered",
        `The refund is ${refund?.status} and no dead letter any more: somebody, or the provider, was first. Nothing was done.`,
      );
    case "changed":
      throw new PayonceError(
        "refund_changed",
        `The refund has changed since you looked at it: its version is ${refund?.version} now. Look again, then decide.`,
      );
    case "outcome_unknown":
      throw new PayonceError(
        "outcome_unknown",
        "The money may have gone back. Retry the refund, or look it up: the provider is asked. Or resolve it with evidence.",
      );
    case "on_its_way":
      throw new PayonceError(
        "outcome_unknown",
        `A request for this refund left less than ${REFUND_ON_ITS_WAY_MINUTES} minutes ago and may still arrive: called failed, its amount could go back twice. Look it up, or come back later.`,
      );
    case "nothing_to_look_up":
      throw new PayonceError("nothing_to_look_up", "Nothing was sent for this refund yet, so there is nothing to see.");
    case "no_provider_refund":
      throw fieldInvalid("is needed for succeeded: the refund's id at the provider is not known here yet");
    case "other_provider_refund":
      throw fieldInvalid("is not the refund that was seen at the provider for this one");
    case "provider_refund_taken":
      throw fieldInvalid("is another refund's");
    default:
      throw new Error(`a result without an answer: ${result}`);
  }
}

export function refundNotFound(): PayonceError {
  return new PayonceError("refund_not_found", "There is no refund with this id.");
}

function fieldInvalid(what: string): PayonceError {
  return new PayonceError("field_invalid", `"providerRefundId" ${what}.`, { param: "providerRefundId" });
}
