import {
  createWebhookEndpointSchema,
  idSchema,
  listWebhookEndpointsQuerySchema,
  newWebhookSecretResourceSchema,
  rotateWebhookSecretSchema,
  updateWebhookEndpointSchema,
  webhookEndpointResourceSchema,
} from "@payonce/domain";
import type { OperationDescription } from "@payonce/http/openapi";
import { z } from "zod";
import { ENDPOINT, ENDPOINT_ID, WEBHOOK_SECRET } from "../openapi/examples.ts";
import { describeCall, listOf } from "../openapi/operation.ts";

const tag = "Webhook endpoints";
export const endpointParams = z.strictObject({
  id: idSchema("whe").meta({ description: "The endpoint's id", example: ENDPOINT_ID }),
});
const path = "/v1/webhook_endpoints";
const onePath = `${path}/{id}`;
const endpoint = (description: string, example = ENDPOINT) => ({
  200: { description, schema: webhookEndpointResourceSchema, example },
});

const createEndpoint = describeCall({
  operationId: "createWebhookEndpoint",
  method: "post",
  path,
  tag,
  summary: "Add a webhook endpoint",
  description: `From now on what happens is sent there. Keep the answer's \`secret\`: it is shown this once, and verifies what you
receive. When you saw no answer, list the endpoints before you try again: each one is sent every event.`,
  access: "secretKey",
  body: {
    schema: createWebhookEndpointSchema,
    example: {
      url: ENDPOINT.url,
      events: ["payment.succeeded", "payment.declined"],
      description: "Shop",
    },
  },
  answers: {
    201: {
      description: "The endpoint, with its secret.",
      schema: newWebhookSecretResourceSchema,
      example: { ...ENDPOINT, secret: WEBHOOK_SECRET },
      location: {
        description: "The endpoint",
        of: (body) => `/v1/webhook_endpoints/${(body as { id: string }).id}`,
      },
    },
  },
  problems: ["webhook_endpoint_limit"],
});

const listEndpoints = describeCall({
  operationId: "listWebhookEndpoints",
  method: "get",
  path,
  tag,
  summary: "List the webhook endpoints",
  description: "Newest first. Their secrets are not shown.",
  access: "secretKey",
  query: listWebhookEndpointsQuerySchema,
  answers: {
    200: {
      description: "A page of them.",
      schema: listOf(webhookEndpointResourceSchema),
      example: { object: "list", data: [ENDPOINT], has_more: false },
    },
  },
});

const getEndpoint = describeCall({
  operationId: "getWebhookEndpoint",
  method: "get",
  path: onePath,
  tag,
  summary: "Read a webhook endpoint",
  description: "`failing_since` tells whether anything gets through to it.",
  access: "secretKey",
  params: endpointParams,
  answers: endpoint("The endpoint."),
  problems: ["webhook_endpoint_not_found"],
});

const updateEndpoint = describeCall({
  operationId: "updateWebhookEndpoint",
  method: "patch",
  path: onePath,
  tag,
  summary: "Change a webhook endpoint",
  description: "What is left out stays as it is. What is already on its way goes to the new url.",
  access: "secretKey",
  params: endpointParams,
  body: { schema: updateWebhookEndpointSchema, example: { events: ["*"] } },
  answers: endpoint("The endpoint as it is now.", { ...ENDPOINT, events: ["*"] }),
  problems: ["webhook_endpoint_not_found"],
});

const deleteEndpoint = describeCall({
  operationId: "deleteWebhookEndpoint",
  method: "delete",
  path: onePath,
  tag,
  summary: "Delete a webhook endpoint",
  description: "Nothing is sent to it any more, not even what is waiting.",
  access: "secretKey",
  params: endpointParams,
  answers: {
    200: {
      description: "It is deleted.",
      schema: z.strictObject({
        id: idSchema("whe").meta({ description: "The id it had" }),
        object: z.literal("webhook_endpoint"),
        deleted: z.literal(true),
      }),
      example: { id: ENDPOINT_ID, object: "webhook_endpoint", deleted: true },
    },
  },
  problems: ["webhook_endpoint_not_found"],
});

const rotateSecret = describeCall({
  operationId: "rotateWebhookSecret",
  method: "post",
  path: `${onePath}/rotate_secret`,
  tag,
  summary: "Replace the signing secret",
  description: "Until the overlap is over both secrets sign, so that your receiver can change when it likes.",
  access: "secretKey",
  params: endpointParams,
  body: { schema: rotateWebhookSecretSchema, example: { overlap_seconds: 3600 }, isOptional: true },
  answers: {
    200: {
      description: "The endpoint, with its new secret.",
      schema: newWebhookSecretResourceSchema,
      example: {
        ...ENDPOINT,
        previous_secret_expires_at: "2026-11-22T09:00:00.000Z",
        updated_at: "2026-11-22T08:00:00.000Z",
        secret: WEBHOOK_SECRET,
      },
    },
  },
  problems: ["webhook_endpoint_not_found"],
});

const enableEndpoint = describeCall({
  operationId: "enableWebhookEndpoint",
  method: "post",
  path: `${onePath}/enable`,
  tag,
  summary: "Enable a webhook endpoint",
  description: "What was kept back while it was disabled is sent within half a minute or so.",
  access: "secretKey",
  params: endpointParams,
  answers: endpoint("It is enabled."),
  problems: ["webhook_endpoint_not_found"],
});

const disableEndpoint = describeCall({
  operationId: "disableWebhookEndpoint",
  method: "post",
  path: `${onePath}/disable`,
  tag,
  summary: "Disable a webhook endpoint",
  description: "Its events are kept back until it is enabled.",
  access: "secretKey",
  params: endpointParams,
  answers: endpoint("It is disabled.", {
    ...ENDPOINT,
    status: "disabled",
    disabled_reason: "merchant",
    disabled_at: "2026-11-22T12:00:00.000Z",
  }),
  problems: ["webhook_endpoint_not_found"],
});

export const endpointCalls: readonly OperationDescription[] = [
  createEndpoint,
  listEndpoints,
  getEndpoint,
  updateEndpoint,
  deleteEndpoint,
  rotateSecret,
  enableEndpoint,
  disableEndpoint,
];
