import { disableOperator } from "../../actions/change-operator.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_OPERATOR, operatorParams, operatorSchema, readOperator, toOperator } from "./operator-resource.ts";

export const disableOperatorOperation = defineOperation(
  {
    operationId: "disableOperator",
    method: "post",
    path: "/ops/v1/operators/{id}/disable",
    tag: "Operators",
    summary: "Shut an operator out",
    description: "At once: sessions end, and tokens are not heard while it lasts. Doing it twice is no error.",
    role: "admin",
    params: operatorParams,
    body: reasonBody,
    answers: {
      200: {
        description: "The operator.",
        schema: operatorSchema,
        example: { ...EXAMPLE_OPERATOR, disabled_at: "2026-11-22T09:00:00.000Z" },
      },
    },
    notFound: "operator_not_found",
    problems: ["last_admin"],
  },
  async ({ dependencies, actor, params, body }) => {
    const { pool } = dependencies.db;
    const { id, username } = await readOperator(pool, params.id);
    await disableOperator(pool, actor, username, body);
    return { 200: toOperator(await readOperator(pool, id)) };
  },
);
