import { enableOperator } from "../../actions/change-operator.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_OPERATOR, operatorParams, operatorSchema, readOperator, toOperator } from "./operator-resource.ts";

export const enableOperatorOperation = defineOperation(
  {
    operationId: "enableOperator",
    method: "post",
    path: "/ops/v1/operators/{id}/enable",
    tag: "Operators",
    summary: "Let an operator in again",
    description: "With the password, the role and the tokens there were. Doing it twice is no error.",
    role: "admin",
    params: operatorParams,
    body: reasonBody,
    answers: { 200: { description: "The operator.", schema: operatorSchema, example: EXAMPLE_OPERATOR } },
    notFound: "operator_not_found",
  },
  async ({ dependencies, actor, params, body }) => {
    const { pool } = dependencies.db;
    const { id, username } = await readOperator(pool, params.id);
    await enableOperator(pool, actor, username, body);
    return { 200: toOperator(await readOperator(pool, id)) };
  },
);
