import { type Actor, lookUp } from "@payonce/db/operations";
import type pg from "pg";
import type { z } from "zod";
import { onlyReason } from "./reason.ts";
import { refuse } from "./refuse.ts";

export const lookUpPaymentInput = onlyReason;

/**
 * Has the provider asked about the payment now. What it says takes effect soon after, not in this answer.
 *
 * @throws PayonceError nothing_to_look_up, payment_not_found; nothing was done
 */
export async function lookUpPayment(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  input: z.output<typeof lookUpPaymentInput>,
) {
  const outcome = await lookUp(pool, actor, id, input.reason);
  if (outcome.result !== "asked") return refuse(outcome);
  return { id, status: outcome.payment.status, version: outcome.payment.version };
}
