import { cancelPaymentAsOperator } from "../../actions/cancel-payment.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { paymentActionExample, paymentActionSchema, paymentParams, toPaymentAction } from "./payment-action.ts";

export const cancelPaymentOperation = defineOperation(
  {
    operationId: "cancelPayment",
    method: "post",
    path: "/ops/v1/payments/{id}/cancel",
    tag: "Payments",
    summary: "Cancel a payment",
    description: `For a payment that is \`queued\` or in \`retry_wait\`, and so has provably not been charged. The rules are those
that hold for its merchant; one that is canceled already stays so, and the answer is the same. A dead letter is discarded or
resolved instead.`,
    role: "operator",
    params: paymentParams,
    body: reasonBody,
    answers: {
      200: {
        description: "It is canceled.",
        schema: paymentActionSchema,
        example: paymentActionExample("cancel", "canceled"),
      },
      202: {
        description: "Its object at the provider is being closed; after that it is canceled.",
        schema: paymentActionSchema,
        example: paymentActionExample("cancel", "retry_wait"),
      },
    },
    notFound: "payment_not_found",
    problems: ["payment_not_cancelable"],
  },
  async ({ dependencies, actor, params, body }) => {
    const left = await cancelPaymentAsOperator(dependencies.db.pool, actor, params.id, body);
    const answer = toPaymentAction("cancel", left);
    return left.status === "canceled" ? { 200: answer } : { 202: answer };
  },
);
