import { type Actor, addOperator as add, type Operator, ROLES, USERNAME } from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import { z } from "zod";
import { checkPassword } from "../access/check-password.ts";
import type { OpsDependencies } from "../dependencies.ts";
import { reason } from "./reason.ts";

export const role = z.enum(ROLES, `must be one of ${ROLES.join(", ")}`);

export const addOperatorInput = z.strictObject({
  username: z
    .string("must be a username")
    .regex(USERNAME, "must be 2 to 100 characters of a-z, 0-9 and ._@+-, beginning with a letter or digit"),
  role,
  /** What it must be is `checkPassword`'s to say. */
  password: z.string("must be a password").refine((text) => text.isWellFormed(), "must be well-formed text"),
  reason,
});

/**
 * Makes an operator who can sign in.
 *
 * @throws PayonceError operator_exists, field_invalid for the password; nothing was done
 */
export async function addOperator(
  { db, passwords }: Pick<OpsDependencies, "db" | "passwords">,
  actor: Actor,
  { username, role, password, reason }: z.output<typeof addOperatorInput>,
): Promise<Operator> {
  checkPassword(password, username);
  const passwordHash = await passwords.hash(password);
  const operator = await add(db.pool, actor, { username, role, passwordHash, reason });
  if (!operator)
    throw new PayonceError("operator_exists", "The username is taken, perhaps by somebody who is disabled.");
  return operator;
}
