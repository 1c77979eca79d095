import type { Database } from "@payonce/db";
import {
  findWebhookDelivery,
  findWebhookEndpoint,
  listWebhookDeliveries,
  redeliverForMerchant,
  type WebhookDeliveryRow,
} from "@payonce/db/webhooks";
import { idSchema, listWebhookDeliveriesQuerySchema, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { Request, RequestHandler, Response } from "express";
import { found, ownedEndpoint } from "./own-endpoint.ts";
import { toDeliveryResource } from "./to-delivery-resource.ts";

/** `GET /v1/webhook_endpoints/{id}/deliveries`: newest first, of all states or of one. */
export function listDeliveries({ pool }: Database): RequestHandler {
  return async (request, response) => {
    const owned = ownedEndpoint(request, response);
    const query = validate(listWebhookDeliveriesQuerySchema, request.query, "parameter_invalid");
    const { id: endpointId } = await found(findWebhookEndpoint(pool, owned));
    const { status, limit, starting_after: startingAfter } = query;
    const rows = await listWebhookDeliveries(pool, { endpointId, status, limit: limit + 1, startingAfter });
    const data = rows.slice(0, limit).map(toDeliveryResource);
    response.json({ object: "list", data, has_more: rows.length > limit });
  };
}

/** `GET /v1/webhook_deliveries/{id}` */
export function getDelivery(db: Database): RequestHandler {
  return async (request, response) => {
    response.json(toDeliveryResource(await readDelivery(db, request, response)));
  };
}

/**
 * `POST /v1/webhook_deliveries/{id}/redeliver`: 202; it is sent at once, with a new round of tries, also when it had arrived.
 * One that is under way already is left alone, so pressing twice has one effect.
 */
export function redeliver(db: Database): RequestHandler {
  return async (request, response) => {
    const { id } = await readDelivery(db, request, response);
    const { result } = await redeliverForMerchant(db.pool, { id, merchantId: response.locals.merchantId });
    if (result === "endpoint_disabled")
      throw new PayonceError(
        "webhook_endpoint_disabled",
        "Enable the endpoint of this delivery first; what was kept back meanwhile is then sent by itself.",
      );
    response.status(202).json(toDeliveryResource(await readDelivery(db, request, response)));
  };
}

async function readDelivery({ pool }: Database, request: Request, response: Response): Promise<WebhookDeliveryRow> {
  const id = idSchema("whd").safeParse(request.params.id).data;
  const delivery = id ? await findWebhookDelivery(pool, { id, merchantId: response.locals.merchantId }) : null;
  if (!delivery) throw new PayonceError("webhook_delivery_not_found", "You have no webhook delivery with this id.");
  return delivery;
}
