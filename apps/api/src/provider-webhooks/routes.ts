import type { Database } from "@payonce/db";
import express, { Router } from "express";
import { methodNotAllowed } from "../http/handle-errors.ts";
import { receiveStripeEvent } from "./receive-stripe-event.ts";

const MAX_EVENT_BYTES = 512 * 1024;

/** Mounted only where a signing secret is set: an unsigned hint is nobody's. */
export function providerWebhookRoutes(db: Database, secrets: readonly string[]): Router {
  const router = Router({ caseSensitive: true });
  const path = "/v1/provider-webhooks/stripe";
  // The signature is over the bytes, so they are not parsed before.
  const rawBody = express.raw({ type: () => true, limit: MAX_EVENT_BYTES, inflate: false });
  router.post(path, rawBody, receiveStripeEvent(db, { secrets, now: Date.now }));
  router.all(path, methodNotAllowed("POST"));
  return router;
}
