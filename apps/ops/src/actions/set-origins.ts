import { type Actor, replaceOriginsAsOperator } from "@payonce/db/operations";
import { allowedOriginsRequestSchema, PayonceError } from "@payonce/domain";
import type pg from "pg";
import type { z } from "zod";
import { reason } from "./reason.ts";

export const setOriginsInput = allowedOriginsRequestSchema.extend({ reason });

/**
 * Makes these, and no others, the origins from which a merchant's publishable keys are taken. Setting what is set already is
 * no error.
 *
 * @throws PayonceError merchant_not_found
 */
export async function setOrigins(
  pool: pg.Pool,
  actor: Actor,
  merchantId: string,
  input: z.output<typeof setOriginsInput>,
) {
  const outcome = await replaceOriginsAsOperator(pool, actor, merchantId, input);
  if (!outcome) throw merchantNotFound();
  return { merchantId, ...outcome };
}

export function merchantNotFound(): PayonceError {
  return new PayonceError("merchant_not_found", "There is no merchant with this id.");
}
