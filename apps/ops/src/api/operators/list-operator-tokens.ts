import { listOperatorTokens } from "@payonce/db/operations";
import { defineOperation } from "../operation.ts";
import { listOf } from "../paging.ts";
import { operatorParams, readOperator } from "./operator-resource.ts";
import { EXAMPLE_OPERATOR_TOKEN, operatorTokenSchema, toOperatorToken } from "./operator-token-resource.ts";

export const listOperatorTokensOperation = defineOperation(
  {
    operationId: "listOperatorTokens",
    method: "get",
    path: "/ops/v1/operators/{id}/tokens",
    tag: "Operators",
    summary: "List an operator's tokens",
    description: "All of them, the revoked ones too, newest first.",
    role: "admin",
    params: operatorParams,
    answers: {
      200: {
        description: "The tokens.",
        schema: listOf(operatorTokenSchema),
        example: { object: "list", data: [EXAMPLE_OPERATOR_TOKEN], has_more: false },
      },
    },
    notFound: "operator_not_found",
  },
  async ({ dependencies, params }) => {
    const { pool } = dependencies.db;
    const { username } = await readOperator(pool, params.id);
    const tokens = await listOperatorTokens(pool, username);
    return { 200: { object: "list" as const, data: tokens.map(toOperatorToken), has_more: false } };
  },
);
