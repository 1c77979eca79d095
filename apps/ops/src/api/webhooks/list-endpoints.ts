import { ENDPOINT_TROUBLES, listEndpointsForOperators } from "@payonce/db/operations";
import { z } from "zod";
import { filterQuery } from "../dead-letters/dead-letter-filter.ts";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery } from "../paging.ts";
import { EXAMPLE_ENDPOINT, endpointSchema, toEndpoint } from "./endpoint-resource.ts";

export const listEndpointsOperation = defineOperation(
  {
    operationId: "listWebhookEndpoints",
    method: "get",
    path: "/ops/v1/webhook_endpoints",
    tag: "Webhooks",
    summary: "List webhook endpoints",
    description:
      "Of all merchants, or of one, newest first; with how far each is behind. Those that are deleted are gone.",
    role: "viewer",
    query: z.strictObject({
      merchant_id: filterQuery.merchant_id,
      trouble: z
        .enum(ENDPOINT_TROUBLES, `must be one of ${ENDPOINT_TROUBLES.join(", ")}`)
        .optional()
        .meta({ description: "Only those that are disabled, that fail, or that have deliveries that were given up" }),
      ...pageQuery("whe"),
    }),
    answers: {
      200: {
        description: "A page of them.",
        schema: listOf(endpointSchema),
        example: { object: "list", data: [EXAMPLE_ENDPOINT], has_more: false },
      },
    },
  },
  async ({ dependencies, query }) => {
    const { merchant_id: merchantId, trouble, limit, starting_after: before } = query;
    const page = await listEndpointsForOperators(dependencies.db.pool, { merchantId, trouble, limit, before });
    return { 200: { object: "list" as const, data: page.endpoints.map(toEndpoint), has_more: page.hasMore } };
  },
);
