import { retryRefund, retryRefundInput } from "../../actions/retry-refund.ts";
import { reasonField, refundVersionField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { refundActionExample, refundActionSchema, refundParams, toRefundAction } from "./refund-action.ts";

export const retryRefundOperation = defineOperation(
  {
    operationId: "retryRefund",
    method: "post",
    path: "/ops/v1/refunds/{id}/retry",
    tag: "Refunds",
    summary: "Retry a dead-lettered refund",
    description: `Gives it a new round of attempts. It is \`queued\`, or \`unknown\` where the money may have gone back: then the
provider's list of refunds is read before anything is sent. Pressing twice, or by two people at once, has one effect and one
entry in the audit log; the others get 409.`,
    role: "operator",
    params: refundParams,
    body: {
      schema: retryRefundInput.extend({ reason: reasonField, version: refundVersionField.optional() }),
      example: { reason: "The bank's outage is over (INC-2291)", version: 7 },
    },
    answers: {
      200: {
        description: "It is on its way again.",
        schema: refundActionSchema,
        example: refundActionExample("retry", "unknown"),
      },
    },
    notFound: "refund_not_found",
    problems: ["refund_not_dead_lettered", "refund_changed"],
  },
  async ({ dependencies, actor, params, body }) => {
    return { 200: toRefundAction("retry", await retryRefund(dependencies.db.pool, actor, params.id, body)) };
  },
);
