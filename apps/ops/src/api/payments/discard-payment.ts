import { discardPayment, discardPaymentInput } from "../../actions/discard-payment.ts";
import { reasonField, versionField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { paymentActionExample, paymentActionSchema, paymentParams, toPaymentAction } from "./payment-action.ts";

export const discardPaymentOperation = defineOperation(
  {
    operationId: "discardPayment",
    method: "post",
    path: "/ops/v1/payments/{id}/discard",
    tag: "Payments",
    summary: "Give up a dead letter",
    description: `For a dead-lettered payment that provably was not charged: it ends as \`canceled\`. Where it has an object at
the provider, that is closed first. One that may have been charged is refused (\`outcome_unknown\`).`,
    role: "operator",
    params: paymentParams,
    body: {
      schema: discardPaymentInput.extend({ reason: reasonField, version: versionField.optional() }),
      example: { reason: "The customer has paid by bank transfer" },
    },
    answers: {
      200: {
        description: "It is canceled.",
        schema: paymentActionSchema,
        example: paymentActionExample("discard", "canceled"),
      },
      202: {
        description: "Its object at the provider is being closed; after that it is canceled.",
        schema: paymentActionSchema,
        example: paymentActionExample("discard", "queued"),
      },
    },
    notFound: "payment_not_found",
    problems: ["payment_not_dead_lettered", "payment_changed", "outcome_unknown"],
  },
  async ({ dependencies, actor, params, body }) => {
    const left = await discardPayment(dependencies.db.pool, actor, params.id, body);
    const answer = toPaymentAction("discard", left);
    return left.status === "canceled" ? { 200: answer } : { 202: answer };
  },
);
