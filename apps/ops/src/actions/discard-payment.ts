import { type Actor, discardDeadLetter } from "@payonce/db/operations";
import type pg from "pg";
import { z } from "zod";
import { reason, version } from "./reason.ts";
import { refuse } from "./refuse.ts";

export const discardPaymentInput = z.strictObject({ reason, version: version.optional() });

/**
 * Gives up a dead letter that was provably not charged. It is `canceled`, or, while its object at the provider is being
 * closed, `queued` and on its way there.
 *
 * @throws PayonceError outcome_unknown, payment_not_dead_lettered, payment_changed, payment_not_found; nothing was done
 */
export async function discardPayment(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  input: z.output<typeof discardPaymentInput>,
) {
  const outcome = await discardDeadLetter(pool, actor, { id, version: input.version }, input.reason);
  if (outcome.result !== "discarded") return refuse(outcome);
  return { id, status: outcome.payment.status, version: outcome.payment.version };
}
