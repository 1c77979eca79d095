import { type Operator, ROLES } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { defineOperation } from "../operation.ts";

const meSchema = z
  .strictObject({
    id: idSchema("opr"),
    object: z.literal("operator"),
    username: z.string(),
    role: z.enum(ROLES),
  })
  .meta({ id: "Me" });

const EXAMPLE: z.input<typeof meSchema> = {
  id: "opr_01m814esw7e00bgbyj9j5g8yxa",
  object: "operator",
  username: "dana",
  role: "operator",
};

export const getMeOperation = defineOperation(
  {
    operationId: "getMe",
    method: "get",
    path: "/ops/v1/me",
    tag: "Operators",
    summary: "Look at yourself",
    description: "Whose token it is, and what it may do.",
    role: "viewer",
    answers: { 200: { description: "You.", schema: meSchema, example: EXAMPLE } },
  },
  async ({ operator }) => ({ 200: toMe(operator) }),
);

function toMe({ id, username, role }: Operator): z.input<typeof meSchema> {
  return { id, object: "operator", username, role };
}
