import { lookUpPayment } from "../../actions/look-up-payment.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { paymentActionExample, paymentActionSchema, paymentParams, toPaymentAction } from "./payment-action.ts";

export const lookUpPaymentOperation = defineOperation(
  {
    operationId: "lookUpPayment",
    method: "post",
    path: "/ops/v1/payments/{id}/look_up",
    tag: "Payments",
    summary: "Ask the provider about a payment",
    description: `Has a charger ask the provider about the payment, and its refunds, now, whatever state it is in. It spends no attempt. An unknown
payment or a dead letter ends as the provider's object says; against a final state an anomaly is opened.`,
    role: "operator",
    params: paymentParams,
    body: reasonBody,
    answers: {
      202: {
        description: "It will be asked. The payment is as it was; look at it again in a few seconds.",
        schema: paymentActionSchema,
        example: paymentActionExample("look_up", "dead_lettered"),
      },
    },
    notFound: "payment_not_found",
    problems: ["nothing_to_look_up"],
  },
  async ({ dependencies, actor, params, body }) => {
    const left = await lookUpPayment(dependencies.db.pool, actor, params.id, body);
    return { 202: toPaymentAction("look_up", left) };
  },
);
