import { type Actor, createOperatorToken as create, revokeOperatorToken as revoke } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import type pg from "pg";
import type { z } from "zod";
import { onlyReason } from "./reason.ts";

export const createOperatorTokenInput = onlyReason;
export const revokeOperatorTokenInput = onlyReason;

/**
 * Makes a token with which scripts act as this operator. It is shown this once, and kept nowhere.
 *
 * @throws PayonceError operator_not_found, also for one who is disabled
 */
export async function createOperatorToken(
  pool: pg.Pool,
  actor: Actor,
  username: string,
  { reason }: z.output<typeof createOperatorTokenInput>,
): Promise<{ id: string; token: string; prefix: string }> {
  const created = await create(pool, actor, { username, reason });
  if (!created) throw new PayonceError("operator_not_found", "There is no operator of this name who is not disabled.");
  return created;
}

/** Makes a token worthless at once. Doing it twice is no error. @throws PayonceError operator_token_not_found */
export async function revokeOperatorToken(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  { reason }: z.output<typeof revokeOperatorTokenInput>,
): Promise<{ id: string; changed: boolean }> {
  const { result } = await revoke(pool, actor, id, reason);
  if (result === "not_found")
    throw new PayonceError("operator_token_not_found", "There is no operator token with this id.");
  return { id, changed: result === "revoked" };
}
