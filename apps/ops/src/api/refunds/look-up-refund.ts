import { lookUpRefund } from "../../actions/look-up-refund.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { refundActionExample, refundActionSchema, refundParams, toRefundAction } from "./refund-action.ts";

export const lookUpRefundOperation = defineOperation(
  {
    operationId: "lookUpRefund",
    method: "post",
    path: "/ops/v1/refunds/{id}/look_up",
    tag: "Refunds",
    summary: "Have the provider asked about a refund now",
    description: `Its list of the payment's refunds is read, which moves no money and spends no try. A refund that is unknown, pending
or dead-lettered ends as the list says; against one that has ended an anomaly is opened. It takes effect soon after the answer.`,
    role: "operator",
    params: refundParams,
    body: reasonBody,
    answers: {
      202: {
        description: "The provider is being asked.",
        schema: refundActionSchema,
        example: refundActionExample("look_up", "dead_lettered"),
      },
    },
    notFound: "refund_not_found",
    problems: ["nothing_to_look_up"],
  },
  async ({ dependencies, actor, params, body }) => {
    return { 202: toRefundAction("look_up", await lookUpRefund(dependencies.db.pool, actor, params.id, body)) };
  },
);
