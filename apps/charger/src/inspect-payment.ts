import { adoptOutcome, type InspectedPayment, openAnomaly, readForInspection } from "@payonce/db";
import { isSettled, type ProviderPayment } from "@payonce/domain";
import { crashPoint } from "@payonce/service";
import type pg from "pg";
import type { Provider } from "./providers/provider.ts";

export interface InspectOptions {
  pool: pg.Pool;
  provider: Provider;
  account: string;
}

/**
 * `unseen` when the provider could not show its object: try again later. `gone` when it says that there is none: asking
 * again would not help, and reconciliation tells whether that is an anomaly.
 */
export type Inspection = "agrees" | "adopted" | "anomaly" | "unseen" | "gone" | "not_settled";

/**
 * Compares a payment that is not charged any more with the provider's object, because evidence came in about it. A dead
 * letter ends as its object says; against a final state nothing is changed, and a person is told.
 */
export async function inspectPayment(
  { pool, provider, account }: InspectOptions,
  paymentId: string,
): Promise<Inspection> {
  const payment = await readForInspection(pool, paymentId);
  if (!payment || !isSettled(payment.status)) return "not_settled";
  const { providerObjectId, providerAccount, providerApiVersion } = payment;
  // Without an object nothing was ever confirmed; at another account there is nothing of it to see.
  if (providerObjectId === null || providerAccount !== account || providerApiVersion === null) return "agrees";
  const answer = await provider.retrieve({ id: providerObjectId, apiVersion: providerApiVersion });
  if (answer.kind !== "object") return answer.kind === "declined" ? "gone" : "unseen";

  crashPoint("adopt.before");
  const contradiction = findContradiction(payment, answer.payment);
  if (contradiction !== null)
    await openAnomaly(pool, { kind: contradiction, paymentId, providerObjectId, evidence: [answer.evidence] });
  if (payment.status === "dead_lettered" && isSameMoney(payment, answer.payment)) {
    const outcome = outcomeOf(answer.payment);
    if (outcome && (await adoptOutcome(pool, payment, outcome))) return "adopted";
  }
  return contradiction === null ? "agrees" : "anomaly";
}

/** What the object says against what we hold to be true; null when nothing. */
export function findContradiction(
  payment: Pick<InspectedPayment, "status" | "outcomeUnknown" | "amountMinor" | "currency">,
  object: ProviderPayment,
): string | null {
  if (!isSameMoney(payment, object)) return "provider_mismatch";
  const hasCharged = object.state === "succeeded";
  if (payment.status === "succeeded") return hasCharged ? null : "succeeded_without_charge";
  if (!hasCharged || (payment.status === "dead_lettered" && payment.outcomeUnknown)) return null;
  return `charged_though_${payment.status}`;
}

function isSameMoney(payment: { amountMinor: number; currency: string }, object: ProviderPayment): boolean {
  return payment.amountMinor === object.amountMinor && payment.currency === object.currency;
}

/** Only what the object can never take back; everything else stays with the person who has the dead letter. */
function outcomeOf(object: ProviderPayment) {
  if (object.state === "succeeded") return { status: "succeeded" } as const;
  if (object.state === "canceled")
    return { status: "declined", failureCode: object.declineCode ?? "canceled_at_provider" } as const;
  return null;
}
