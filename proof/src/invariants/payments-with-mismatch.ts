import type { Facts } from "./facts.ts";

/** The payments of which a person has been told that the provider's object is not what was asked for. */
export function paymentsWithMismatch({ anomalies }: Pick<Facts, "anomalies">): Set<string | null> {
  return new Set(anomalies.filter(({ kind }) => kind === "provider_mismatch").map(({ paymentId }) => paymentId));
}
