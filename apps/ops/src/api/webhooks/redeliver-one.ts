import { idSchema, WEBHOOK_DELIVERY_STATES, type WebhookDeliveryState } from "@payonce/domain";
import { z } from "zod";
import { redeliverOne, redeliverOneInput } from "../../actions/redeliver-webhooks.ts";
import { reasonField } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { deliveryParams, EXAMPLE_DELIVERY } from "./delivery-resource.ts";

export const redeliverySchema = z
  .strictObject({
    object: z.literal("webhook_redelivery"),
    delivery_id: idSchema("whd"),
    status: z.enum(WEBHOOK_DELIVERY_STATES),
    version: z.int(),
    changed: z.boolean().meta({ description: "False when it was under way already; then nothing was done" }),
  })
  .meta({ id: "WebhookRedelivery" });

export function toRedelivery(done: {
  id: string;
  status: WebhookDeliveryState;
  version: number;
  changed: boolean;
}): z.input<typeof redeliverySchema> {
  const { id, ...left } = done;
  return { object: "webhook_redelivery", delivery_id: id, ...left };
}

export const redeliverOneOperation = defineOperation(
  {
    operationId: "redeliverWebhookDelivery",
    method: "post",
    path: "/ops/v1/webhook_deliveries/{id}/redeliver",
    tag: "Webhooks",
    summary: "Send a delivery again",
    description: `It has a new round of attempts, whatever became of it before; also one that has succeeded. While it is under way,
nothing is done, and that is no error.`,
    role: "operator",
    params: deliveryParams,
    body: {
      schema: redeliverOneInput.extend({
        reason: reasonField,
        version: redeliverOneInput.shape.version.meta({
          description:
            "The delivery's `version` as you saw it: when it is another by now, nothing is done (`webhook_delivery_changed`)",
          example: 19,
        }),
      }),
      example: { reason: "Their server is up again", version: 19 },
    },
    answers: {
      202: {
        description: "It is on its way.",
        schema: redeliverySchema,
        example: toRedelivery({ id: EXAMPLE_DELIVERY.id, status: "pending", version: 20, changed: true }),
      },
    },
    notFound: "webhook_delivery_not_found",
    problems: ["webhook_delivery_changed", "webhook_endpoint_disabled"],
  },
  async ({ dependencies, actor, params, body }) => {
    return { 202: toRedelivery(await redeliverOne(dependencies.db.pool, actor, params.id, body)) };
  },
);
