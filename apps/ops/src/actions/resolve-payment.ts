import { type Actor, resolveDeadLetter } from "@payonce/db/operations";
import type pg from "pg";
import { z } from "zod";
import { keptText, reason, version } from "./reason.ts";
import { refuse } from "./refuse.ts";

export const resolvePaymentInput = z.strictObject({
  outcome: z.enum(["succeeded", "declined", "canceled"], "must be succeeded, declined or canceled"),
  /** Such as the charge's id in the provider's dashboard. */
  evidence: keptText("say what was seen and where", 500),
  reason,
  version,
});

/**
 * Ends a dead letter on evidence that a person has seen. For when the provider cannot be asked; where it can, look it up.
 *
 * @throws PayonceError payment_not_dead_lettered, payment_changed, payment_not_found, field_invalid; nothing was done
 */
export async function resolvePayment(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  input: z.output<typeof resolvePaymentInput>,
) {
  const outcome = await resolveDeadLetter(pool, actor, { id, version: input.version }, input);
  if (outcome.result !== "resolved") return refuse(outcome);
  return { id, status: outcome.payment.status, version: outcome.payment.version };
}
