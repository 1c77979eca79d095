import { createOperatorToken } from "../../actions/operator-tokens.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { operatorParams, readOperator } from "./operator-resource.ts";
import {
  EXAMPLE_OPERATOR_TOKEN,
  newOperatorTokenSchema,
  readOperatorToken,
  toOperatorToken,
} from "./operator-token-resource.ts";

export const createOperatorTokenOperation = defineOperation(
  {
    operationId: "createOperatorToken",
    method: "post",
    path: "/ops/v1/operators/{id}/tokens",
    tag: "Operators",
    summary: "Make a token for an operator's scripts",
    description: `It may do what the operator may at the time, and is shown this once. When no answer comes, list the tokens and
revoke the one that you have not seen.`,
    role: "admin",
    params: operatorParams,
    body: reasonBody,
    answers: {
      201: {
        description: "The token.",
        schema: newOperatorTokenSchema,
        example: { ...EXAMPLE_OPERATOR_TOKEN, token: "opt_Jx3kP0aQ…" },
      },
    },
    notFound: "operator_not_found",
  },
  async ({ dependencies, actor, params, body }) => {
    const { pool } = dependencies.db;
    const { username } = await readOperator(pool, params.id);
    const { id, token } = await createOperatorToken(pool, actor, username, body);
    return { 201: { ...toOperatorToken(await readOperatorToken(pool, id)), token } };
  },
);
