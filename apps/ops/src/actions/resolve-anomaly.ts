import { type Actor, ANOMALY_RESOLUTIONS, resolveAnomaly as resolve } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import type pg from "pg";
import { z } from "zod";
import { reason } from "./reason.ts";

export const resolveAnomalyInput = z.strictObject({
  resolution: z.enum(ANOMALY_RESOLUTIONS, `must be one of ${ANOMALY_RESOLUTIONS.join(", ")}`),
  reason,
});

/**
 * Closes an anomaly that a person has dealt with. It changes no payment.
 *
 * @throws PayonceError anomaly_resolved, anomaly_not_found; nothing was done
 */
export async function resolveAnomaly(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  input: z.output<typeof resolveAnomalyInput>,
) {
  const outcome = await resolve(pool, actor, id, input);
  if (outcome.result === "not_found") throw new PayonceError("anomaly_not_found", "There is no anomaly with this id.");
  if (outcome.result === "resolved_before")
    throw new PayonceError(
      "anomaly_resolved",
      `It was resolved at ${outcome.resolvedAt.toISOString()} already. The audit log says by whom, and why.`,
    );
  return { id, resolution: input.resolution, resolvedAt: outcome.resolvedAt };
}
