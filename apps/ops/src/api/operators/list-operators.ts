import { listOperators } from "@payonce/db/operations";
import { defineOperation } from "../operation.ts";
import { listOf } from "../paging.ts";
import { EXAMPLE_OPERATOR, operatorSchema, toOperator } from "./operator-resource.ts";

export const listOperatorsOperation = defineOperation(
  {
    operationId: "listOperators",
    method: "get",
    path: "/ops/v1/operators",
    tag: "Operators",
    summary: "List operators",
    description: "All of them, the disabled ones too, by name.",
    role: "admin",
    answers: {
      200: {
        description: "The operators.",
        schema: listOf(operatorSchema),
        example: { object: "list", data: [EXAMPLE_OPERATOR], has_more: false },
      },
    },
  },
  async ({ dependencies }) => {
    const operators = await listOperators(dependencies.db.pool);
    return { 200: { object: "list" as const, data: operators.map(toOperator), has_more: false } };
  },
);
