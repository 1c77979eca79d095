import { type ListedOperatorToken, listOperatorTokens } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import type pg from "pg";
import { z } from "zod";

export const operatorTokenSchema = z
  .strictObject({
    id: idSchema("opt"),
    object: z.literal("operator_token"),
    username: z.string().meta({ description: "Whose token it is" }),
    prefix: z.string().meta({ description: "The first characters, to tell tokens apart" }),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable().meta({ description: "To the minute" }),
    revoked_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "OperatorToken", description: "With it, scripts act as an operator" });

export const newOperatorTokenSchema = operatorTokenSchema
  .extend({
    token: z.string().meta({ description: "The token itself, shown this once: only its hash is kept" }),
  })
  .meta({ id: "NewOperatorToken", description: "A token that was just made" });

export function toOperatorToken(token: ListedOperatorToken): z.input<typeof operatorTokenSchema> {
  return {
    id: token.id,
    object: "operator_token",
    username: token.username,
    prefix: token.prefix,
    created_at: token.createdAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}

export const EXAMPLE_OPERATOR_TOKEN: z.input<typeof operatorTokenSchema> = {
  id: "opt_01m814esw7e00bgbyj9j5g8yxa",
  object: "operator_token",
  username: "dana",
  prefix: "opt_Jx3kP0aQ",
  created_at: "2026-11-22T09:00:00.000Z",
  last_used_at: null,
  revoked_at: null,
};

/** Reads a token that is known to be there. */
export async function readOperatorToken(pool: pg.Pool, id: string): Promise<ListedOperatorToken> {
  const token = (await listOperatorTokens(pool)).find((each) => each.id === id);
  if (!token) throw new Error("an operator token is gone; none is ever deleted");
  return token;
}
