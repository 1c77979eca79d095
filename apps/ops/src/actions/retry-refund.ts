import { retryRefunds } from "@payonce/db";
import type { Actor } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import type pg from "pg";
import { z } from "zod";
import { reason, version } from "./reason.ts";
import { refuseRefund } from "./refuse-refund.ts";

export const retryRefundInput = z.strictObject({ reason, version: version.optional() });

/**
 * Gives a dead-lettered refund a new round of attempts: `queued`, or `unknown` where the money may have gone back, and then
 * the provider's list is read before anything is sent.
 *
 * @throws PayonceError refund_not_dead_lettered, refund_changed, refund_not_found; nothing was done
 */
export async function retryRefund(pool: pg.Pool, actor: Actor, id: string, input: z.output<typeof retryRefundInput>) {
  const results = await retryRefunds(pool, actor, [{ id, version: input.version }], input.reason);
  const result = results.get(id) ?? { result: "not_found" as const };
  if (result.result === "not_found") return refuseRefund(result);
  if (result.result !== "retried") return refuseRefund({ result: result.result, refund: result });
  return { id, status: result.status, version: result.version };
}

/** So many are done while somebody waits; each is a transaction of its own. */
export const MAX_REFUNDS_AT_ONCE = 200;

export const retryRefundsInput = z.strictObject({
  /** With the versions that were seen, so that what has changed since is left alone. */
  refunds: z
    .array(z.strictObject({ id: idSchema("ref"), version }))
    .min(1, "must name a refund")
    .max(MAX_REFUNDS_AT_ONCE, `may name ${MAX_REFUNDS_AT_ONCE} at most`),
  reason,
});

/**
 * Retries several dead-lettered refunds.
 *
 * @returns how many were retried, and how many were left alone because they were not as they were seen any more
 */
export async function retrySomeRefunds(pool: pg.Pool, actor: Actor, input: z.output<typeof retryRefundsInput>) {
  const results = await retryRefunds(pool, actor, input.refunds, input.reason);
  const retried = [...results.values()].filter(({ result }) => result === "retried").length;
  return { retried, leftAlone: results.size - retried };
}
