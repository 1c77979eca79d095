import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { revokeOperatorToken } from "../../actions/operator-tokens.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import {
  EXAMPLE_OPERATOR_TOKEN,
  operatorTokenSchema,
  readOperatorToken,
  toOperatorToken,
} from "./operator-token-resource.ts";

export const revokeOperatorTokenOperation = defineOperation(
  {
    operationId: "revokeOperatorToken",
    method: "post",
    path: "/ops/v1/operator_tokens/{id}/revoke",
    tag: "Operators",
    summary: "Make a token worthless",
    description: "At once, and for good. Doing it twice is no error.",
    role: "admin",
    params: z.strictObject({
      id: idSchema("opt").meta({ description: "The token's id, not the token", example: EXAMPLE_OPERATOR_TOKEN.id }),
    }),
    body: reasonBody,
    answers: {
      200: {
        description: "The token as it is now.",
        schema: operatorTokenSchema,
        example: { ...EXAMPLE_OPERATOR_TOKEN, revoked_at: "2026-11-22T09:30:00.000Z" },
      },
    },
    notFound: "operator_token_not_found",
  },
  async ({ dependencies, actor, params, body }) => {
    const { pool } = dependencies.db;
    const { id } = await revokeOperatorToken(pool, actor, params.id, body);
    return { 200: toOperatorToken(await readOperatorToken(pool, id)) };
  },
);
