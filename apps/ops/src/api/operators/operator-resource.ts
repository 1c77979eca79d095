import { type ListedOperator, listOperators, ROLES } from "@payonce/db/operations";
import { idSchema, PayonceError } from "@payonce/domain";
import type pg from "pg";
import { z } from "zod";

export const operatorSchema = z
  .strictObject({
    id: idSchema("opr"),
    object: z.literal("operator"),
    username: z.string(),
    role: z.enum(ROLES).meta({ description: "Each may do what the one before may" }),
    created_at: z.iso.datetime(),
    disabled_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "Operator", description: "A person who operates this" });

export function toOperator(operator: ListedOperator): z.input<typeof operatorSchema> {
  return {
    id: operator.id,
    object: "operator",
    username: operator.username,
    role: operator.role,
    created_at: operator.createdAt.toISOString(),
    disabled_at: operator.disabledAt?.toISOString() ?? null,
  };
}

export const EXAMPLE_OPERATOR: z.input<typeof operatorSchema> = {
  id: "opr_01m814esw7e00bgbyj9j5g8yxa",
  object: "operator",
  username: "dana",
  role: "operator",
  created_at: "2026-11-22T08:00:00.000Z",
  disabled_at: null,
};

/** The path parameter of everything about one operator. */
export const operatorParams = z.strictObject({
  id: idSchema("opr").meta({ description: "The operator's id", example: EXAMPLE_OPERATOR.id }),
});

/** @throws PayonceError operator_not_found */
export async function readOperator(pool: pg.Pool, id: string): Promise<ListedOperator> {
  // They are few, and none is ever deleted.
  const operator = (await listOperators(pool)).find((each) => each.id === id);
  if (!operator) throw new PayonceError("operator_not_found", "There is no operator with this id.");
  return operator;
}
