import { type Actor, cancelAsOperator } from "@payonce/db/operations";
import type pg from "pg";
import type { z } from "zod";
import { onlyReason } from "./reason.ts";
import { refuse } from "./refuse.ts";

export const cancelPaymentInput = onlyReason;

/**
 * Cancels a payment that has provably not been charged. `cancelRequested` while its object at the provider is being closed.
 *
 * @throws PayonceError payment_not_cancelable, payment_not_found; nothing was done
 */
export async function cancelPaymentAsOperator(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  input: z.output<typeof cancelPaymentInput>,
) {
  const outcome = await cancelAsOperator(pool, actor, id, input.reason);
  if (outcome.result === "not_found" || outcome.result === "refused") return refuse(outcome);
  const { status, version, cancelRequested } = outcome.payment;
  return { id, status, version, cancelRequested };
}
