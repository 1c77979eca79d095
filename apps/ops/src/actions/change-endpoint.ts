import { type Actor, disableEndpoint as disable, enableEndpoint as enable } from "@payonce/db/operations";
import type pg from "pg";
import type { z } from "zod";
import { onlyReason } from "./reason.ts";
import { endpointNotFound } from "./redeliver-webhooks.ts";

export const changeEndpointInput = onlyReason;

type Input = z.output<typeof changeEndpointInput>;

/**
 * Has an endpoint told of events again, also of those that were kept back for it. Enabling twice is no error.
 *
 * @throws PayonceError webhook_endpoint_not_found
 */
export async function enableEndpoint(pool: pg.Pool, actor: Actor, id: string, { reason }: Input) {
  const outcome = await enable(pool, actor, id, reason);
  if (!outcome) throw endpointNotFound();
  return { id, status: "enabled" as const, changed: outcome.changed };
}

/**
 * Keeps back what an endpoint would be told, until somebody enables it. Disabling twice is no error.
 *
 * @throws PayonceError webhook_endpoint_not_found
 */
export async function disableEndpoint(pool: pg.Pool, actor: Actor, id: string, { reason }: Input) {
  const outcome = await disable(pool, actor, id, reason);
  if (!outcome) throw endpointNotFound();
  return { id, status: "disabled" as const, changed: outcome.changed };
}
