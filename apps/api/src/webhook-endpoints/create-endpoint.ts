import type { Database } from "@payonce/db";
import { createWebhookEndpoint, type SecretBox } from "@payonce/db/webhooks";
import { createWebhookEndpointSchema, MAX_WEBHOOK_ENDPOINTS, PayonceError } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { AddressPolicy } from "@payonce/service";
import type { RequestHandler } from "express";
import { checkReceiverUrl } from "./check-receiver-url.ts";
import { isTestKey } from "./is-test-key.ts";
import { makeSecret, sendSecret } from "./send-secret.ts";

/** `POST /v1/webhook_endpoints`: 201 with the signing secret, which is shown this once. */
export function createEndpoint({ pool }: Database, box: SecretBox, policy: AddressPolicy): RequestHandler {
  return async (request, response) => {
    const { url, events, description } = validate(createWebhookEndpointSchema, request.body, "field_invalid");
    const endpoint = {
      merchantId: response.locals.merchantId,
      url: checkReceiverUrl(url, { policy, isTestMode: isTestKey(request) }),
      events,
      description,
    };
    const secret = makeSecret();
    const created = await createWebhookEndpoint(pool, endpoint, (id) => box.seal(id, secret));
    if (!created)
      throw new PayonceError(
        "webhook_endpoint_limit",
        `A merchant may have ${MAX_WEBHOOK_ENDPOINTS} webhook endpoints. Delete one first.`,
      );
    response.status(201).location(`/v1/webhook_endpoints/${created.id}`);
    sendSecret(response, created, secret);
  };
}
