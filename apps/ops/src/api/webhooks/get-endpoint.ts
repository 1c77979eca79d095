import { readEndpoint } from "@payonce/db/operations";
import { endpointNotFound } from "../../actions/redeliver-webhooks.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_ENDPOINT, endpointParams, endpointSchema, toEndpoint } from "./endpoint-resource.ts";

export const getEndpointOperation = defineOperation(
  {
    operationId: "getWebhookEndpoint",
    method: "get",
    path: "/ops/v1/webhook_endpoints/{id}",
    tag: "Webhooks",
    summary: "Look at a webhook endpoint",
    description: "What it is told of, whether it gets through, and how far it is behind.",
    role: "viewer",
    params: endpointParams,
    answers: { 200: { description: "The endpoint.", schema: endpointSchema, example: EXAMPLE_ENDPOINT } },
    notFound: "webhook_endpoint_not_found",
  },
  async ({ dependencies, params }) => {
    const endpoint = await readEndpoint(dependencies.db.pool, params.id);
    if (!endpoint) throw endpointNotFound();
    return { 200: toEndpoint(endpoint) };
  },
);
