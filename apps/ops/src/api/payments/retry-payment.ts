import { retryPayment, retryPaymentInput } from "../../actions/retry-payment.ts";
import { reasonField, versionField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { paymentActionExample, paymentActionSchema, paymentParams, toPaymentAction } from "./payment-action.ts";

export const retryPaymentOperation = defineOperation(
  {
    operationId: "retryPayment",
    method: "post",
    path: "/ops/v1/payments/{id}/retry",
    tag: "Payments",
    summary: "Retry a dead letter",
    description: `Gives a dead-lettered payment a new round of attempts. It is \`queued\`, or \`unknown\` where it is not known
whether money moved: then the provider is asked before anything else is done. Pressing twice, or by two people at once, has
one effect and one entry in the audit log; the others get 409.`,
    role: "operator",
    params: paymentParams,
    body: {
      schema: retryPaymentInput.extend({ reason: reasonField, version: versionField.optional() }),
      example: { reason: "The bank's outage is over (INC-2291)", version: 7 },
    },
    answers: {
      200: {
        description: "It is on its way again.",
        schema: paymentActionSchema,
        example: paymentActionExample("retry", "queued"),
      },
    },
    notFound: "payment_not_found",
    problems: ["payment_not_dead_lettered", "payment_changed"],
  },
  async ({ dependencies, actor, params, body }) => {
    const left = await retryPayment(dependencies.db.pool, actor, params.id, body);
    return { 200: toPaymentAction("retry", left) };
  },
);
