import { type Actor, discardRefund as discard } from "@payonce/db/operations";
import type pg from "pg";
import { z } from "zod";
import { reason, version } from "./reason.ts";
import { refuseRefund } from "./refuse-refund.ts";

export const discardRefundInput = z.strictObject({ reason, version: version.optional() });

/**
 * Gives up a dead-lettered refund of which nothing can have run: it is `failed`, and its amount can be refunded again.
 *
 * @throws PayonceError outcome_unknown, refund_not_dead_lettered, refund_changed, refund_not_found; nothing was done
 */
export async function discardRefund(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  input: z.output<typeof discardRefundInput>,
) {
  const outcome = await discard(pool, actor, { id, version: input.version }, input.reason);
  if (outcome.result !== "discarded") return refuseRefund(outcome);
  return { id, status: outcome.refund.status, version: outcome.refund.version };
}
