import { PayonceError } from "@payonce/domain";
import { z } from "zod";
import { resolveRefund, resolveRefundInput } from "../../actions/resolve-refund.ts";
import { reasonField, refundVersionField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { refundActionExample, refundActionSchema, refundParams, toRefundAction } from "./refund-action.ts";

const { outcome, providerRefundId, evidence } = resolveRefundInput.shape;

const EXAMPLE_EVIDENCE = "Dashboard: re_3Qk2 succeeded 2026-11-22 09:14 UTC, 10.00 EUR";

export const resolveRefundOperation = defineOperation(
  {
    operationId: "resolveRefund",
    method: "post",
    path: "/ops/v1/refunds/{id}/resolve",
    tag: "Refunds",
    summary: "End a dead-lettered refund on evidence",
    description: `For one about which the provider cannot be asked: it ends as you say, on evidence that you have seen. Where the
provider can be asked, use \`look_up\`. \`failed\` gives its amount back, so it is refused (\`outcome_unknown\`) while a request
that nobody has answered is less than half an hour old and may still arrive.`,
    role: "operator",
    params: refundParams,
    body: {
      schema: z.strictObject({
        outcome: outcome.meta({ description: "How it ends" }),
        provider_refund_id: providerRefundId.meta({
          description: "The refund's id at the provider. Needed for `succeeded` where it is not known here",
          example: "re_3Qk2",
        }),
        evidence: evidence.meta({ description: "What was seen, and where", example: EXAMPLE_EVIDENCE }),
        reason: reasonField,
        version: refundVersionField,
      }),
      example: {
        outcome: "succeeded",
        provider_refund_id: "re_3Qk2",
        evidence: EXAMPLE_EVIDENCE,
        reason: "The account was closed, so its key cannot ask",
        version: 7,
      },
    },
    answers: {
      200: {
        description: "It has ended.",
        schema: refundActionSchema,
        example: refundActionExample("resolve", "succeeded"),
      },
    },
    notFound: "refund_not_found",
    problems: ["refund_not_dead_lettered", "refund_changed", "outcome_unknown"],
  },
  async ({ dependencies, actor, params, body: { provider_refund_id, ...body } }) => {
    const input = { ...body, providerRefundId: provider_refund_id };
    const left = await resolveRefund(dependencies.db.pool, actor, params.id, input).catch(sayItInTheWordsOfTheApi);
    return { 200: toRefundAction("resolve", left) };
  },
);

function sayItInTheWordsOfTheApi(error: unknown): never {
  if (!(error instanceof PayonceError) || error.param !== "providerRefundId") throw error;
  const param = "provider_refund_id";
  throw new PayonceError(error.code, error.message.replace("providerRefundId", param), { param });
}
