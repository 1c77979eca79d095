import { listMerchants } from "@payonce/db/operations";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery, toPage } from "../paging.ts";
import { EXAMPLE_MERCHANT_SUMMARY, merchantSummarySchema, toMerchantSummary } from "./merchant-resource.ts";

export const listMerchantsOperation = defineOperation(
  {
    operationId: "listMerchants",
    method: "get",
    path: "/ops/v1/merchants",
    tag: "Merchants",
    summary: "List merchants",
    description: "Who takes payments here, the newest first.",
    role: "viewer",
    query: z.strictObject(pageQuery("mer")),
    answers: {
      200: {
        description: "A page of them.",
        schema: listOf(merchantSummarySchema),
        example: { object: "list", data: [EXAMPLE_MERCHANT_SUMMARY], has_more: false },
      },
    },
  },
  async ({ dependencies, query: { limit, starting_after: before } }) => {
    const rows = await listMerchants(dependencies.db.pool, { limit: limit + 1, before });
    return { 200: toPage(rows, limit, toMerchantSummary) };
  },
);
