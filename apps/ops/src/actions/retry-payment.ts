import { type Actor, retryDeadLetters } from "@payonce/db/operations";
import type pg from "pg";
import { z } from "zod";
import { reason, version } from "./reason.ts";
import { refuse } from "./refuse.ts";

export const retryPaymentInput = z.strictObject({ reason, version: version.optional() });

/**
 * Gives a dead letter a new round of attempts: `queued`, or `unknown` where it is not known whether money moved, and then
 * the provider is asked first.
 *
 * @throws PayonceError payment_not_dead_lettered, payment_changed, payment_not_found; nothing was done
 */
export async function retryPayment(pool: pg.Pool, actor: Actor, id: string, input: z.output<typeof retryPaymentInput>) {
  const results = await retryDeadLetters(pool, actor, [{ id, version: input.version }], input.reason);
  const result = results.get(id) ?? { result: "not_found" as const };
  if (result.result === "not_found") return refuse(result);
  if (result.result !== "retried") return refuse({ result: result.result, payment: result });
  return { id, status: result.status, version: result.version };
}
