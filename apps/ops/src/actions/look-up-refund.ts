import { type Actor, lookUpRefund as lookUp } from "@payonce/db/operations";
import type pg from "pg";
import type { z } from "zod";
import { onlyReason } from "./reason.ts";
import { refuseRefund } from "./refuse-refund.ts";

export const lookUpRefundInput = onlyReason;

/**
 * Has the provider's list of the payment's refunds read now. What it says takes effect soon after, not in this answer.
 *
 * @throws PayonceError nothing_to_look_up, refund_not_found; nothing was done
 */
export async function lookUpRefund(pool: pg.Pool, actor: Actor, id: string, input: z.output<typeof lookUpRefundInput>) {
  const outcome = await lookUp(pool, actor, id, input.reason);
  if (outcome.result !== "asked") return refuseRefund(outcome);
  return { id, status: outcome.refund.status, version: outcome.refund.version };
}
