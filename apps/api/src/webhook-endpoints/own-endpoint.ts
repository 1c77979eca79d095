import type { OwnedEndpoint, WebhookEndpointRow } from "@payonce/db/webhooks";
import { idSchema, PayonceError } from "@payonce/domain";
import type { Request, Response } from "express";

/** Which endpoint a request is about. Throws `webhook_endpoint_not_found` for what is no id. */
export function ownedEndpoint(request: Request, response: Response): OwnedEndpoint {
  const id = idSchema("whe").safeParse(request.params.id).data;
  if (!id) throw endpointNotFound();
  return { id, merchantId: response.locals.merchantId };
}

/** Another merchant's endpoint is not found either: who has no right to it learns nothing of it. */
export async function found(endpoint: Promise<WebhookEndpointRow | null>): Promise<WebhookEndpointRow> {
  const row = await endpoint;
  if (!row) throw endpointNotFound();
  return row;
}

function endpointNotFound(): PayonceError {
  return new PayonceError("webhook_endpoint_not_found", "You have no webhook endpoint with this id.");
}
