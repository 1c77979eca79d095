import type { EvidencedPayment } from "@payonce/db/operations";
import { describeDistance, toSeconds } from "../elements/time.tsx";

/** What happens to a payment next by itself, and when, in a sentence or two. */
export function describeNext(payment: EvidencedPayment, now: Date): string {
  const { status, cancelRequested, nextActionAt, outcomeUnknown } = payment;
  const when = nextActionAt ? `at ${toSeconds(nextActionAt)} (${describeDistance(nextActionAt, now)})` : "";
  const isDue = nextActionAt !== null && nextActionAt <= now;
  if (cancelRequested)
    return "It is being canceled: a charger closes its object at the provider, and nobody may charge it.";
  switch (status) {
    case "queued":
      return isDue ? "A charger takes it as soon as one is free." : `A charger takes it ${when}.`;
    case "charging":
      return `An attempt is out. If nothing is heard of it, another charger takes over ${when} and asks the provider first.`;
    case "retry_wait":
      return isDue
        ? "Its next attempt is due: a charger takes it as soon as one is free."
        : `Nothing has been charged. The next attempt comes ${when}.`;
    case "unknown":
      return isDue
        ? "Money may have moved. A charger asks the provider as soon as one is free."
        : `Money may have moved. The provider is asked again ${when}; until it answers, nobody can charge or cancel it.`;
    case "dead_lettered":
      return outcomeUnknown
        ? "Nothing, until a person decides. Money may have moved: a retry asks the provider first, and obeys its answer."
        : "Nothing, until a person decides. It was not charged.";
    default:
      return "Nothing: this is final. What contradicts it opens an anomaly.";
  }
}
