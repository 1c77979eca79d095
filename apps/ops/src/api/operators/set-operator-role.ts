import { setOperatorRole, setOperatorRoleInput } from "../../actions/change-operator.ts";
import { reasonField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_OPERATOR, operatorParams, operatorSchema, readOperator, toOperator } from "./operator-resource.ts";

const { role } = setOperatorRoleInput.shape;

export const setOperatorRoleOperation = defineOperation(
  {
    operationId: "setOperatorRole",
    method: "post",
    path: "/ops/v1/operators/{id}/set_role",
    tag: "Operators",
    summary: "Give an operator another role",
    description: "Sessions end; tokens have the new role at once. Setting the role that it has is no error.",
    role: "admin",
    params: operatorParams,
    body: {
      schema: setOperatorRoleInput.extend({
        role: role.meta({ description: "Each may do what the one before may" }),
        reason: reasonField,
      }),
      example: { role: "operator", reason: "Dana is on call from Monday" },
    },
    answers: { 200: { description: "The operator.", schema: operatorSchema, example: EXAMPLE_OPERATOR } },
    notFound: "operator_not_found",
    problems: ["last_admin"],
  },
  async ({ dependencies, actor, params, body }) => {
    const { pool } = dependencies.db;
    const { id, username } = await readOperator(pool, params.id);
    await setOperatorRole(pool, actor, username, body);
    return { 200: toOperator(await readOperator(pool, id)) };
  },
);
