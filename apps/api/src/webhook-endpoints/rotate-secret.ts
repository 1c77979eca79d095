import type { Database } from "@payonce/db";
import { rotateWebhookSecret, type SecretBox } from "@payonce/db/webhooks";
import { rotateWebhookSecretSchema } from "@payonce/domain";
import { validate } from "@payonce/http";
import type { RequestHandler } from "express";
import { found, ownedEndpoint } from "./own-endpoint.ts";
import { makeSecret, sendSecret } from "./send-secret.ts";

/**
 * `POST /v1/webhook_endpoints/{id}/rotate_secret` `{overlap_seconds?}`: 200 with a new secret, shown this once. Until the
 * overlap is over both sign, so that the receiver can change when it likes.
 */
export function rotateSecret({ pool }: Database, box: SecretBox): RequestHandler {
  return async (request, response) => {
    const owned = ownedEndpoint(request, response);
    const { overlap_seconds } = validate(rotateWebhookSecretSchema, request.body, "field_invalid");
    const secret = makeSecret();
    const change = { secret: box.seal(owned.id, secret), overlapSeconds: overlap_seconds };
    sendSecret(response, await found(rotateWebhookSecret(pool, owned, change)), secret);
  };
}
