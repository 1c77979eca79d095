import { randomBytes } from "node:crypto";
import type { WebhookEndpointRow } from "@payonce/db/webhooks";
import type { NewWebhookSecretResource } from "@payonce/domain";
import type { Response } from "express";
import { toEndpointResource } from "./to-endpoint-resource.ts";

/** Within what Standard Webhooks asks for: 24 to 64 bytes. */
const SECRET_BYTES = 32;

export function makeSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
}

/** Answers with an endpoint and its secret: the one time that it is shown. */
export function sendSecret(response: Response, endpoint: WebhookEndpointRow, secret: string): void {
  const body: NewWebhookSecretResource = { ...toEndpointResource(endpoint), secret };
  response.setHeader("Cache-Control", "no-store").json(body);
}
