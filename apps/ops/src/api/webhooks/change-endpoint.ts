import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { disableEndpoint, enableEndpoint } from "../../actions/change-endpoint.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_ENDPOINT, endpointParams } from "./endpoint-resource.ts";

export const endpointChangeSchema = z
  .strictObject({
    object: z.literal("webhook_endpoint_change"),
    endpoint_id: idSchema("whe"),
    status: z.enum(["enabled", "disabled"]),
    changed: z
      .boolean()
      .meta({ description: "False when it was so before; then nothing was done, and nothing audited" }),
  })
  .meta({ id: "WebhookEndpointChange", description: "What an operator's action left of an endpoint" });

export function toEndpointChange(change: {
  id: string;
  status: "enabled" | "disabled";
  changed: boolean;
}): z.input<typeof endpointChangeSchema> {
  const { id, status, changed } = change;
  return { object: "webhook_endpoint_change", endpoint_id: id, status, changed };
}

const example = (status: "enabled" | "disabled") =>
  toEndpointChange({ id: EXAMPLE_ENDPOINT.id, status, changed: true });

export const enableEndpointOperation = defineOperation(
  {
    operationId: "enableWebhookEndpoint",
    method: "post",
    path: "/ops/v1/webhook_endpoints/{id}/enable",
    tag: "Webhooks",
    summary: "Have an endpoint told of events again",
    description: "What was kept back for it is sent soon after. Enabling twice is no error.",
    role: "operator",
    params: endpointParams,
    body: reasonBody,
    answers: { 200: { description: "It is enabled.", schema: endpointChangeSchema, example: example("enabled") } },
    notFound: "webhook_endpoint_not_found",
  },
  async ({ dependencies, actor, params, body }) => {
    return { 200: toEndpointChange(await enableEndpoint(dependencies.db.pool, actor, params.id, body)) };
  },
);

export const disableEndpointOperation = defineOperation(
  {
    operationId: "disableWebhookEndpoint",
    method: "post",
    path: "/ops/v1/webhook_endpoints/{id}/disable",
    tag: "Webhooks",
    summary: "Keep back what an endpoint would be told",
    description: `Until it is enabled, by an operator or by its merchant, who sees \`disabled_reason: operator\`. What happens
meanwhile is kept for it. Disabling twice is no error.`,
    role: "operator",
    params: endpointParams,
    body: reasonBody,
    answers: { 200: { description: "It is disabled.", schema: endpointChangeSchema, example: example("disabled") } },
    notFound: "webhook_endpoint_not_found",
  },
  async ({ dependencies, actor, params, body }) => {
    return { 200: toEndpointChange(await disableEndpoint(dependencies.db.pool, actor, params.id, body)) };
  },
);
