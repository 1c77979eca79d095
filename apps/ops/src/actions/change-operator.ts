import {
  type Actor,
  type ChangeOperatorResult,
  disableOperator as disable,
  enableOperator as enable,
  type Operator,
  setOperatorRole as setRole,
} from "@payonce/db/operations";
import { PayonceError } from "@payonce/domain";
import type pg from "pg";
import { z } from "zod";
import { role } from "./add-operator.ts";
import { onlyReason, reason } from "./reason.ts";

export const disableOperatorInput = onlyReason;
export const enableOperatorInput = onlyReason;
export const setOperatorRoleInput = z.strictObject({ role, reason });

type OnlyReason = z.output<typeof onlyReason>;

/** Shuts an operator out at once. Doing it twice is no error. @throws PayonceError last_admin, operator_not_found */
export const disableOperator = async (pool: pg.Pool, actor: Actor, username: string, { reason }: OnlyReason) =>
  operatorOf(await disable(pool, actor, username, reason));

/** Lets an operator in again. Doing it twice is no error. @throws PayonceError operator_not_found */
export const enableOperator = async (pool: pg.Pool, actor: Actor, username: string, { reason }: OnlyReason) =>
  operatorOf(await enable(pool, actor, username, reason));

/** Gives an operator another role, and ends its sessions. @throws PayonceError last_admin, operator_not_found */
export const setOperatorRole = async (
  pool: pg.Pool,
  actor: Actor,
  username: string,
  input: z.output<typeof setOperatorRoleInput>,
) => operatorOf(await setRole(pool, actor, username, input.role, input.reason));

function operatorOf(outcome: ChangeOperatorResult): Operator {
  if (outcome.result === "not_found")
    throw new PayonceError("operator_not_found", "There is no operator of this name.");
  if (outcome.result === "last_admin")
    throw new PayonceError(
      "last_admin",
      "Without this admin nobody could manage operators. Make another one first, or use the command line.",
    );
  return outcome.operator;
}
