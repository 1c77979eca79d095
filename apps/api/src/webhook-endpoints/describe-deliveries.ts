import { idSchema, listWebhookDeliveriesQuerySchema, webhookDeliveryResourceSchema } from "@payonce/domain";
import type { OperationDescription } from "@payonce/http/openapi";
import { z } from "zod";
import { DELIVERY, DELIVERY_ID } from "../openapi/examples.ts";
import { describeCall, listOf } from "../openapi/operation.ts";
import { endpointParams } from "./describe-endpoints.ts";

const tag = "Webhook deliveries";
const params = z.strictObject({
  id: idSchema("whd").meta({ description: "The delivery's id", example: DELIVERY_ID }),
});

const listDeliveries = describeCall({
  operationId: "listWebhookDeliveries",
  method: "get",
  path: "/v1/webhook_endpoints/{id}/deliveries",
  tag,
  summary: "List the deliveries to an endpoint",
  description: "Newest first. `status=dead_lettered` are those that are not tried any more by themselves.",
  access: "secretKey",
  params: endpointParams,
  query: listWebhookDeliveriesQuerySchema,
  answers: {
    200: {
      description: "A page of them.",
      schema: listOf(webhookDeliveryResourceSchema),
      example: { object: "list", data: [DELIVERY], has_more: false },
    },
  },
  problems: ["webhook_endpoint_not_found"],
});

const getDelivery = describeCall({
  operationId: "getWebhookDelivery",
  method: "get",
  path: "/v1/webhook_deliveries/{id}",
  tag,
  summary: "Read a delivery",
  description: "With what its last attempt came to, and the beginning of what your server answered.",
  access: "secretKey",
  params,
  answers: { 200: { description: "The delivery.", schema: webhookDeliveryResourceSchema, example: DELIVERY } },
  problems: ["webhook_delivery_not_found"],
});

const redeliver = describeCall({
  operationId: "redeliverWebhook",
  method: "post",
  path: "/v1/webhook_deliveries/{id}/redeliver",
  tag,
  summary: "Deliver an event again",
  description: `It is sent at once, with a new round of tries, also when it had arrived. One that is under way already is left
alone, so pressing twice has one effect.`,
  access: "secretKey",
  params,
  answers: {
    202: {
      description: "It is on its way.",
      schema: webhookDeliveryResourceSchema,
      example: { ...DELIVERY, status: "pending", next_attempt_at: "2026-11-22T10:00:00.000Z" },
    },
  },
  problems: ["webhook_delivery_not_found", "webhook_endpoint_disabled"],
});

export const deliveryCalls: readonly OperationDescription[] = [listDeliveries, getDelivery, redeliver];
