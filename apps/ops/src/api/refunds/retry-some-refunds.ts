import { z } from "zod";
import { retryRefundsInput, retrySomeRefunds } from "../../actions/retry-refund.ts";
import { reasonField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_REFUND_ID } from "./refund-action.ts";

const resultSchema = z
  .strictObject({
    object: z.literal("refund_retries"),
    retried: z.int(),
    left_alone: z.int().meta({ description: "Those that were not as they were seen any more, or do not exist" }),
  })
  .meta({ id: "RefundRetries" });

export const retrySomeRefundsOperation = defineOperation(
  {
    operationId: "retryRefunds",
    method: "post",
    path: "/ops/v1/dead_letters/retry_refunds",
    tag: "Refunds",
    summary: "Retry several dead-lettered refunds",
    description:
      "Each of them as by itself, with an entry in the audit log of its own. What has changed since it was seen is left alone.",
    role: "operator",
    body: {
      schema: retryRefundsInput.extend({ reason: reasonField }),
      example: {
        refunds: [{ id: EXAMPLE_REFUND_ID, version: 7 }],
        reason: "The bank's outage is over (INC-2291)",
      },
    },
    answers: {
      200: {
        description: "What became of them.",
        schema: resultSchema,
        example: { object: "refund_retries", retried: 1, left_alone: 0 },
      },
    },
  },
  async ({ dependencies, actor, body }) => {
    const { retried, leftAlone } = await retrySomeRefunds(dependencies.db.pool, actor, body);
    return { 200: { object: "refund_retries" as const, retried, left_alone: leftAlone } };
  },
);
