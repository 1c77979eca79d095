import { finishCancel, readForInspection } from "@payonce/db";
import type pg from "pg";
import type { Provider } from "./providers/provider.ts";

/**
 * Ends a cancel that was asked for: closes the object at the provider first, because until then a charger that was stopped
 * long ago could still wake up and confirm it. No charger may claim the payment meanwhile.
 *
 * @returns false when the provider could not be asked: try again later
 */
export async function cancelAtProvider(
  { pool, provider, account }: { pool: pg.Pool; provider: Provider; account: string },
  paymentId: string,
): Promise<boolean> {
  const payment = await readForInspection(pool, paymentId);
  if (!payment) return true;
  const { providerObjectId, providerAccount, providerApiVersion, version } = payment;
  if (providerObjectId === null || providerApiVersion === null || providerAccount !== account) return false;
  const object = { id: providerObjectId, apiVersion: providerApiVersion };
  const answer = await provider.cancel(object, `${paymentId}-cancel-${version}`);
  if (answer.kind === "object" && answer.payment.state === "canceled") {
    await finishCancel(pool, payment, true);
    return true;
  }
  // Canceled before, or charged by a confirm that came late: the object says which.
  const shown = await provider.retrieve(object);
  if (shown.kind !== "object") return false;
  await finishCancel(pool, payment, shown.payment.state === "canceled");
  return true;
}
