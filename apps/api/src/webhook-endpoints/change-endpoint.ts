import type { Database } from "@payonce/db";
import {
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  updateWebhookEndpoint,
} from "@payonce/db/webhooks";
import { updateWebhookEndpointSchema } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { AddressPolicy } from "@payonce/service";
import type { RequestHandler } from "express";
import { checkReceiverUrl } from "./check-receiver-url.ts";
import { isTestKey } from "./is-test-key.ts";
import { found, ownedEndpoint } from "./own-endpoint.ts";
import { toEndpointResource } from "./to-endpoint-resource.ts";

/** `PATCH /v1/webhook_endpoints/{id}`: what is left out stays as it is. What is under way goes to the new url. */
export function updateEndpoint({ pool }: Database, policy: AddressPolicy): RequestHandler {
  return async (request, response) => {
    const owned = ownedEndpoint(request, response);
    const { url, ...rest } = validate(updateWebhookEndpointSchema, request.body, "field_invalid");
    const changes =
      url === undefined ? rest : { ...rest, url: checkReceiverUrl(url, { policy, isTestMode: isTestKey(request) }) };
    response.json(toEndpointResource(await found(updateWebhookEndpoint(pool, owned, changes))));
  };
}

/** `DELETE /v1/webhook_endpoints/{id}`: nothing is sent to it any more, not even what is waiting. */
export function deleteEndpoint({ pool }: Database): RequestHandler {
  return async (request, response) => {
    const { id } = await found(deleteWebhookEndpoint(pool, ownedEndpoint(request, response)));
    response.json({ id, object: "webhook_endpoint", deleted: true });
  };
}

/** `POST /v1/webhook_endpoints/{id}/enable`: what was kept back while it was disabled is sent within half a minute or so. */
export function enableEndpoint({ pool }: Database): RequestHandler {
  return async (request, response) => {
    response.json(toEndpointResource(await found(enableWebhookEndpoint(pool, ownedEndpoint(request, response)))));
  };
}

/** `POST /v1/webhook_endpoints/{id}/disable`: its events are kept back until it is enabled. */
export function disableEndpoint({ pool }: Database): RequestHandler {
  return async (request, response) => {
    response.json(toEndpointResource(await found(disableWebhookEndpoint(pool, ownedEndpoint(request, response)))));
  };
}
