import { randomUUID } from "node:crypto";
import { finishCancel, readForInspection } from "@payonce/db";
import { crashPoint } from "@payonce/service";
import type pg from "pg";
import type { Provider } from "./providers/provider.ts";

/**
 * Ends a cancel that was asked for: closes the object at the provider first, because until then a charger that was stopped
 * long ago could still wake up and confirm it. No charger may claim the payment meanwhile.
 *
 * @returns false when the object could not be closed yet: try again later
 */
export async function cancelAtProvider(
  { pool, provider, account }: { pool: pg.Pool; provider: Provider; account: string },
  paymentId: string,
): Promise<boolean> {
  const payment = await readForInspection(pool, paymentId);
  if (!payment) return true;
  const { providerObjectId, providerAccount, providerApiVersion } = payment;
  if (providerObjectId === null || providerApiVersion === null || providerAccount !== account) return false;
  const object = { id: providerObjectId, apiVersion: providerApiVersion };
  // A key for each try: a provider replays a stored error under its key, and closing an object twice does no harm.
  crashPoint("close-object.before");
  const answer = await provider.cancel(object, `${paymentId}-cancel-${randomUUID()}`);
  crashPoint("close-object.after");
  if (answer.kind === "object" && answer.payment.state === "canceled") {
    await finishCancel(pool, payment, true);
    return true;
  }
  // Canceled before, or charged by a confirm that came late: the object says which.
  const shown = await provider.retrieve(object);
  // Still open: the cancel did not run. It was promised, so it is tried again and never given up for a charge.
  if (shown.kind !== "object" || OPEN_STATES.has(shown.payment.state)) return false;
  await finishCancel(pool, payment, shown.payment.state === "canceled");
  return true;
}

/** In these no money has moved. */
const OPEN_STATES = new Set(["requires_payment_method", "requires_confirmation", "requires_action"]);
