import { listDeliveriesForOperators } from "@payonce/db/operations";
import { idSchema, WEBHOOK_DELIVERY_STATES } from "@payonce/domain";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { listOf, pageQuery } from "../paging.ts";
import { deliverySchema, EXAMPLE_DELIVERY, toDelivery } from "./delivery-resource.ts";

export const listDeliveriesOperation = defineOperation(
  {
    operationId: "listWebhookDeliveries",
    method: "get",
    path: "/ops/v1/webhook_deliveries",
    tag: "Webhooks",
    summary: "List webhook deliveries",
    description: "To all endpoints, or to one, newest first. Those to endpoints that are deleted are left out.",
    role: "viewer",
    query: z.strictObject({
      endpoint_id: idSchema("whe").optional().meta({ description: "Only those to this endpoint" }),
      status: z
        .enum(WEBHOOK_DELIVERY_STATES, `must be one of ${WEBHOOK_DELIVERY_STATES.join(", ")}`)
        .optional()
        .meta({ description: "Only those in this state" }),
      ...pageQuery("whd"),
    }),
    answers: {
      200: {
        description: "A page of them.",
        schema: listOf(deliverySchema),
        example: { object: "list", data: [EXAMPLE_DELIVERY], has_more: false },
      },
    },
  },
  async ({ dependencies, query }) => {
    const { endpoint_id: endpointId, status, limit, starting_after: before } = query;
    const page = await listDeliveriesForOperators(dependencies.db.pool, { endpointId, status, limit, before });
    return { 200: { object: "list" as const, data: page.deliveries.map(toDelivery), has_more: page.hasMore } };
  },
);
