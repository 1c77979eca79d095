import { discardRefund, discardRefundInput } from "../../actions/discard-refund.ts";
import { reasonField, refundVersionField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { refundActionExample, refundActionSchema, refundParams, toRefundAction } from "./refund-action.ts";

export const discardRefundOperation = defineOperation(
  {
    operationId: "discardRefund",
    method: "post",
    path: "/ops/v1/refunds/{id}/discard",
    tag: "Refunds",
    summary: "Give up a dead-lettered refund",
    description: `It ends as \`failed\`, with the code \`discarded_by_operator\`, and its amount can be refunded again. Refused while
the money may have gone back.`,
    role: "operator",
    params: refundParams,
    body: {
      schema: discardRefundInput.extend({ reason: reasonField, version: refundVersionField.optional() }),
      example: { reason: "The customer was paid back in the shop", version: 7 },
    },
    answers: {
      200: {
        description: "It has failed.",
        schema: refundActionSchema,
        example: refundActionExample("discard", "failed"),
      },
    },
    notFound: "refund_not_found",
    problems: ["refund_not_dead_lettered", "refund_changed", "outcome_unknown"],
  },
  async ({ dependencies, actor, params, body }) => {
    return { 200: toRefundAction("discard", await discardRefund(dependencies.db.pool, actor, params.id, body)) };
  },
);
