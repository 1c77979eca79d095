import { REDELIVER_LIMIT } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { redeliverAll } from "../../actions/redeliver-webhooks.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_ENDPOINT, endpointParams } from "./endpoint-resource.ts";

export const redeliveriesSchema = z
  .strictObject({
    object: z.literal("webhook_redeliveries"),
    endpoint_id: idSchema("whe"),
    redelivered: z.int().meta({ description: "So many have a new round of attempts" }),
    is_more: z.boolean().meta({ description: "Whether there are more: then do it again" }),
  })
  .meta({ id: "WebhookRedeliveries" });

export function toRedeliveries(done: {
  id: string;
  redelivered: number;
  isMore: boolean;
}): z.input<typeof redeliveriesSchema> {
  const { id, redelivered, isMore } = done;
  return { object: "webhook_redeliveries", endpoint_id: id, redelivered, is_more: isMore };
}

export const redeliverAllOperation = defineOperation(
  {
    operationId: "redeliverWebhookEndpoint",
    method: "post",
    path: "/ops/v1/webhook_endpoints/{id}/redeliver",
    tag: "Webhooks",
    summary: "Send again all that an endpoint was not told",
    description: `All its deliveries that were given up, ${REDELIVER_LIMIT} at a time. They are sent in the background, at the pace that
the endpoint takes. Pressing twice sends nothing twice.`,
    role: "operator",
    params: endpointParams,
    body: reasonBody,
    answers: {
      202: {
        description: "They are on their way.",
        schema: redeliveriesSchema,
        example: toRedeliveries({ id: EXAMPLE_ENDPOINT.id, redelivered: 3, isMore: false }),
      },
    },
    notFound: "webhook_endpoint_not_found",
    problems: ["webhook_endpoint_disabled"],
  },
  async ({ dependencies, actor, params, body }) => {
    return { 202: toRedeliveries(await redeliverAll(dependencies.db.pool, actor, params.id, body)) };
  },
);
