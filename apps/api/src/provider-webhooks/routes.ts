import type { Database } from "@payonce/db";
import { PayonceError } from "@payonce/domain";
import { methodNotAllowed } from "@payonce/http";
import express, { type RequestHandler, Router } from "express";
import { receiveStripeEvent } from "./receive-stripe-event.ts";

/** Several times what Stripe sends for a payment. Anyone may send here, so it is not more. */
const MAX_EVENT_BYTES = 128 * 1024;

const requireSignature: RequestHandler = (request, _response, next) => {
  if (request.get("stripe-signature")) return next();
  // Before the body is read: what is not signed is not worth the memory.
  throw new PayonceError("webhook_signature_invalid", "The Stripe-Signature header is missing.", {
    param: "Stripe-Signature",
  });
};

/** Mounted only where a signing secret is set: an unsigned hint is nobody's. */
export function providerWebhookRoutes(db: Database, secrets: readonly string[]): Router {
  const router = Router({ caseSensitive: true });
  const path = "/v1/provider-webhooks/stripe";
  // The signature is over the bytes, so they are not parsed before.
  const rawBody = express.raw({ type: () => true, limit: MAX_EVENT_BYTES, inflate: false });
  router.post(path, requireSignature, rawBody, receiveStripeEvent(db, { secrets, now: Date.now }));
  router.all(path, methodNotAllowed("POST"));
  return router;
}
