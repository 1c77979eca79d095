import type { Database } from "@payonce/db";
import { findWebhookEndpoint, listWebhookEndpoints } from "@payonce/db/webhooks";
import { listWebhookEndpointsQuerySchema } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import { found, ownedEndpoint } from "./own-endpoint.ts";
import { toEndpointResource } from "./to-endpoint-resource.ts";

/** `GET /v1/webhook_endpoints/{id}` */
export function getEndpoint({ pool }: Database): RequestHandler {
  return async (request, response) => {
    response.json(toEndpointResource(await found(findWebhookEndpoint(pool, ownedEndpoint(request, response)))));
  };
}

/** `GET /v1/webhook_endpoints`: newest first; `starting_after` takes the last id of the page before. */
export function listEndpoints({ pool }: Database): RequestHandler {
  return async (request, response) => {
    const { limit, starting_after } = validate(listWebhookEndpointsQuerySchema, request.query, "parameter_invalid");
    const { merchantId } = response.locals;
    // One more than asked for tells whether there is a next page.
    const rows = await listWebhookEndpoints(pool, { merchantId, limit: limit + 1, startingAfter: starting_after });
    const data = rows.slice(0, limit).map(toEndpointResource);
    response.json({ object: "list", data, has_more: rows.length > limit });
  };
}
