import { addOperator, addOperatorInput } from "../../actions/add-operator.ts";
import { reasonField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_OPERATOR, operatorSchema, readOperator, toOperator } from "./operator-resource.ts";

const { username, role, password } = addOperatorInput.shape;

export const addOperatorOperation = defineOperation(
  {
    operationId: "addOperator",
    method: "post",
    path: "/ops/v1/operators",
    tag: "Operators",
    summary: "Add an operator",
    description: "Somebody who can sign in at the console. A username is given out once, and never again.",
    role: "admin",
    body: {
      schema: addOperatorInput.extend({
        username: username.meta({ description: "Lower case" }),
        role: role.meta({ description: "Each may do what the one before may" }),
        password: password.meta({ description: "12 to 200 characters; none that everybody knows", format: "password" }),
        reason: reasonField,
      }),
      example: {
        username: "dana",
        role: "operator",
        password: "three words and a number",
        reason: "Dana joins the payments team",
      },
    },
    answers: { 201: { description: "The operator.", schema: operatorSchema, example: EXAMPLE_OPERATOR } },
    problems: ["operator_exists"],
  },
  async ({ dependencies, actor, body }) => {
    const { id } = await addOperator(dependencies, actor, body);
    return { 201: toOperator(await readOperator(dependencies.db.pool, id)) };
  },
);
