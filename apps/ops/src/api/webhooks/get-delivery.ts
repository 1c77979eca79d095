import { readDelivery } from "@payonce/db/operations";
import { deliveryNotFound } from "../../actions/redeliver-webhooks.ts";
import { defineOperation } from "../operation.ts";
import { deliveryParams, deliverySchema, EXAMPLE_DELIVERY, toDelivery } from "./delivery-resource.ts";

export const getDeliveryOperation = defineOperation(
  {
    operationId: "getWebhookDelivery",
    method: "get",
    path: "/ops/v1/webhook_deliveries/{id}",
    tag: "Webhooks",
    summary: "Look at a webhook delivery",
    description: "Which event it is about, how often it was tried, and what the receiver answered last.",
    role: "viewer",
    params: deliveryParams,
    answers: { 200: { description: "The delivery.", schema: deliverySchema, example: EXAMPLE_DELIVERY } },
    notFound: "webhook_delivery_not_found",
  },
  async ({ dependencies, params }) => {
    const delivery = await readDelivery(dependencies.db.pool, params.id);
    if (!delivery) throw deliveryNotFound();
    return { 200: toDelivery(delivery) };
  },
);
