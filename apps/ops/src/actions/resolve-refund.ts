import { type Actor, resolveRefund as resolve } from "@payonce/db/operations";
import type pg from "pg";
import { z } from "zod";
import { keptText, reason, version } from "./reason.ts";
import { refuseRefund } from "./refuse-refund.ts";

export const resolveRefundInput = z.strictObject({
  outcome: z.enum(["succeeded", "failed"], "must be succeeded or failed"),
  /** Needed for `succeeded` where it is not known here. */
  providerRefundId: z
    .string("must be the refund's id at the provider")
    .regex(/^[\w-]{1,100}$/, "must be the refund's id at the provider, such as re_3Qk2")
    .optional(),
  /** Such as what the provider's dashboard shows. */
  evidence: keptText("say what was seen and where", 500),
  reason,
  version,
});

/**
 * Ends a dead-lettered refund on evidence that a person has seen. For when the provider cannot be asked; where it can, look
 * it up.
 *
 * @throws PayonceError refund_not_dead_lettered, refund_changed, outcome_unknown when it is called failed while a request
 *   may still arrive, field_invalid, refund_not_found; nothing was done
 */
export async function resolveRefund(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  { version, providerRefundId, ...resolution }: z.output<typeof resolveRefundInput>,
) {
  const outcome = await resolve(
    pool,
    actor,
    { id, version },
    { ...resolution, providerRefundId: providerRefundId ?? null },
  );
  if (outcome.result !== "resolved") return refuseRefund(outcome);
  return { id, status: outcome.refund.status, version: outcome.refund.version };
}
