import { type Actor, redeliverAll as all, redeliverOne as one } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import type pg from "pg";
import { z } from "zod";
import { onlyReason, reason, version } from "./reason.ts";

export const redeliverOneInput = z.strictObject({ reason, version: version.optional() });
export const redeliverAllInput = onlyReason;

/**
 * Sends a delivery again. Pressed while it is under way, nothing is done, and that is no error.
 *
 * @throws PayonceError webhook_delivery_changed, webhook_endpoint_disabled, webhook_delivery_not_found; nothing was done
 */
export async function redeliverOne(pool: pg.Pool, actor: Actor, id: string, input: z.output<typeof redeliverOneInput>) {
  const outcome = await one(pool, actor, { id, version: input.version }, input.reason);
  if (outcome.result === "not_found") throw deliveryNotFound();
  if (outcome.result === "endpoint_disabled") throw endpointDisabled();
  if (outcome.result === "changed")
    throw new PayonceError(
      "webhook_delivery_changed",
      `The delivery has changed since you looked at it: it is ${outcome.status} now. Look again, then decide.`,
    );
  const { status, version } = outcome;
  return { id, status, version, changed: outcome.result === "redelivered" };
}

/**
 * Sends all deliveries of an endpoint again that were given up, in the background, 10,000 at a time.
 *
 * @returns how many, and whether there are more: then press again
 * @throws PayonceError webhook_endpoint_disabled, webhook_endpoint_not_found; nothing was done
 */
export async function redeliverAll(pool: pg.Pool, actor: Actor, id: string, input: z.output<typeof redeliverAllInput>) {
  const outcome = await all(pool, actor, id, input.reason);
  if (outcome.result !== "done") throw outcome.result === "not_found" ? endpointNotFound() : endpointDisabled();
  return { id, redelivered: outcome.redelivered, isMore: outcome.isMore };
}

export function deliveryNotFound(): PayonceError {
  return new PayonceError("webhook_delivery_not_found", "There is no webhook delivery with this id.");
}

export function endpointNotFound(): PayonceError {
  return new PayonceError("webhook_endpoint_not_found", "There is no webhook endpoint with this id.");
}

function endpointDisabled(): PayonceError {
  return new PayonceError(
    "webhook_endpoint_disabled",
    "The endpoint is disabled. Enable it: what was kept back for it goes by itself then, and the rest can be sent again.",
  );
}
