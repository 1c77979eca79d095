import type { Database } from "@payonce/db";
import type { SecretBox } from "@payonce/db/webhooks";
import { jsonBody, methodNotAllowed } from "@payonce/http";
import type { AddressPolicy } from "@payonce/service";
import { Router } from "express";
import type { Authentication } from "../http/authenticate.ts";
import { deleteEndpoint, disableEndpoint, enableEndpoint, updateEndpoint } from "./change-endpoint.ts";
import { createEndpoint } from "./create-endpoint.ts";
import { getDelivery, listDeliveries, redeliver } from "./deliveries.ts";
import { optionalJsonBody } from "./optional-json-body.ts";
import { getEndpoint, listEndpoints } from "./read-endpoints.ts";
import { rotateSecret } from "./rotate-secret.ts";

export interface WebhookRoutesOptions {
  /** Keeps the signing secrets. */
  box: SecretBox;
  /** Which addresses a url may name. */
  policy: AddressPolicy;
}

/** Where merchants say what they want to be told of, and see how that goes. The notifier does the rest. */
export function webhookEndpointRoutes(
  db: Database,
  { secretKey }: Pick<Authentication, "secretKey">,
  { box, policy }: WebhookRoutesOptions,
): Router {
  const router = Router({ caseSensitive: true });
  const endpoints = "/v1/webhook_endpoints";
  router.post(endpoints, secretKey, jsonBody, createEndpoint(db, box, policy));
  router.get(endpoints, secretKey, listEndpoints(db));
  router.all(endpoints, methodNotAllowed("GET, HEAD, POST"));
  const endpoint = `${endpoints}/:id`;
  router.get(endpoint, secretKey, getEndpoint(db));
  router.patch(endpoint, secretKey, jsonBody, updateEndpoint(db, policy));
  router.delete(endpoint, secretKey, deleteEndpoint(db));
  router.all(endpoint, methodNotAllowed("GET, HEAD, PATCH, DELETE"));
  router.post(`${endpoint}/rotate_secret`, secretKey, optionalJsonBody, rotateSecret(db, box));
  router.post(`${endpoint}/enable`, secretKey, enableEndpoint(db));
  router.post(`${endpoint}/disable`, secretKey, disableEndpoint(db));
  for (const action of ["rotate_secret", "enable", "disable"])
    router.all(`${endpoint}/${action}`, methodNotAllowed("POST"));
  router.get(`${endpoint}/deliveries`, secretKey, listDeliveries(db));
  router.all(`${endpoint}/deliveries`, methodNotAllowed("GET, HEAD"));
  const delivery = "/v1/webhook_deliveries/:id";
  router.get(delivery, secretKey, getDelivery(db));
  router.all(delivery, methodNotAllowed("GET, HEAD"));
  router.post(`${delivery}/redeliver`, secretKey, redeliver(db));
  router.all(`${delivery}/redeliver`, methodNotAllowed("POST"));
  return router;
}
