import { listRefundsForOperators } from "@payonce/db/operations";
import { REFUND_STATES } from "@payonce/domain";
import { z } from "zod";
import { filterQuery } from "../dead-letters/dead-letter-filter.ts";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery } from "../paging.ts";
import { EXAMPLE_REFUND_SUMMARY, refundSummarySchema, toRefundSummary } from "./refund-summary.ts";

export const listRefundsOperation = defineOperation(
  {
    operationId: "listRefunds",
    method: "get",
    path: "/ops/v1/refunds",
    tag: "Refunds",
    summary: "List refunds",
    description: `Of all merchants, newest first. With a filter, the newest 20,000 are looked through. A refund is also found by
its id, idempotency key or id at the provider with \`search\` among the payments.`,
    role: "viewer",
    query: z.strictObject({
      status: z
        .enum(REFUND_STATES, `must be one of ${REFUND_STATES.join(", ")}`)
        .optional()
        .meta({ description: "Only those in this state" }),
      merchant_id: filterQuery.merchant_id,
      ...pageQuery("ref"),
    }),
    answers: {
      200: {
        description: "A page of them.",
        schema: listOf(refundSummarySchema),
        example: { object: "list", data: [EXAMPLE_REFUND_SUMMARY], has_more: false },
      },
    },
  },
  async ({ dependencies, query }) => {
    const { status, merchant_id: merchantId, limit, starting_after: before } = query;
    const page = await listRefundsForOperators(dependencies.db.pool, { status, merchantId, limit, before });
    return { 200: { object: "list" as const, data: page.refunds.map(toRefundSummary), has_more: page.hasMore } };
  },
);
