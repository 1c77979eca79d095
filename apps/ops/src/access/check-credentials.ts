import { type OperatorCredentials, replacePasswordHash } from "@payonce/db/operations";
import type { OpsDependencies } from "../dependencies.ts";
import { isWellKnown } from "./check-password.ts";

type Dependencies = Pick<OpsDependencies, "db" | "passwords" | "logger">;

/**
 * Checks a password, and hashes it anew where the parameters of its hash are not today's.
 *
 * @param found null when there is nobody of the name that was typed; takes as long
 * @returns the hash that is stored now, or null when the sign-in is refused; why, is not for the one who asks
 * @throws PayonceError busy
 */
export async function checkCredentials(
  { db, passwords, logger }: Dependencies,
  found: OperatorCredentials | null,
  password: string,
): Promise<string | null> {
  const isRight = await passwords.verify(found?.passwordHash ?? null, password);
  if (!found || !isRight || found.isDisabled) return null;
  const { id, username, passwordHash: before } = found;
  if (isWellKnown(password, username)) {
    logger.error({ operatorId: id }, "an operator has a password that everybody knows; it is not accepted");
    return null;
  }
  if (!passwords.isOutdated(before)) return before;
  const after = await passwords.hash(password);
  return (await replacePasswordHash(db.pool, id, { before, after })) ? after : null;
}
