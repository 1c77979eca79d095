import { resolvePayment, resolvePaymentInput } from "../../actions/resolve-payment.ts";
import { reasonField, versionField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { paymentActionExample, paymentActionSchema, paymentParams, toPaymentAction } from "./payment-action.ts";

const { outcome, evidence } = resolvePaymentInput.shape;

export const resolvePaymentOperation = defineOperation(
  {
    operationId: "resolvePayment",
    method: "post",
    path: "/ops/v1/payments/{id}/resolve",
    tag: "Payments",
    summary: "End a dead letter on evidence",
    description: `For a dead-lettered payment about which the provider cannot be asked: it ends as you say, on evidence that you
have seen. Where the provider can be asked, use \`look_up\`. Reconciliation still compares it with the provider afterwards.`,
    role: "operator",
    params: paymentParams,
    body: {
      schema: resolvePaymentInput.extend({
        outcome: outcome.meta({
          description: "How it ends. `succeeded` only where the payment has an object at the provider",
        }),
        evidence: evidence.meta({
          description: "What was seen, and where, such as the charge's id in the provider's dashboard",
          example: "Dashboard: ch_3Qk2 succeeded 2026-11-22 09:14 UTC, 42.00 EUR",
        }),
        reason: reasonField,
        version: versionField,
      }),
      example: {
        outcome: "succeeded",
        evidence: "Dashboard: ch_3Qk2 succeeded 2026-11-22 09:14 UTC, 42.00 EUR",
        reason: "The account was closed, so its key cannot ask",
        version: 7,
      },
    },
    answers: {
      200: {
        description: "It has ended.",
        schema: paymentActionSchema,
        example: paymentActionExample("resolve", "succeeded"),
      },
    },
    notFound: "payment_not_found",
    problems: ["payment_not_dead_lettered", "payment_changed"],
  },
  async ({ dependencies, actor, params, body }) => {
    const left = await resolvePayment(dependencies.db.pool, actor, params.id, body);
    return { 200: toPaymentAction("resolve", left) };
  },
);
