import type { Database } from "@payonce/db";
import { handleErrors, limitInFlight, logRequests, requireHost, routeNotFound } from "@payonce/http";
import type { Logger } from "@payonce/service";
import express, { type Express } from "express";
import type { Registry } from "prom-client";
import { healthRoutes } from "./health.ts";
import type { PaymentWaiters } from "./payments/payment-waiters.ts";
import { paymentRoutes } from "./payments/routes.ts";
import { providerWebhookRoutes } from "./provider-webhooks/routes.ts";

export interface AppDependencies {
  db: Database;
  waiters: PaymentWaiters;
  logger: Logger;
  registry: Registry;
  maxRequestsInFlight?: number;
  /** Secrets that Stripe signs its webhooks with; without one they are not received. */
  webhookSecrets?: readonly string[];
}

/** The merchant API. It writes to Postgres alone: Redis may be away, and only makes waiting clients wake sooner. */
export function createApp(dependencies: AppDependencies): Express {
  const { db, waiters, logger, registry, maxRequestsInFlight = 1_000, webhookSecrets = [] } = dependencies;
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(logRequests(logger, registry));
  app.use(requireHost);
  app.use(healthRoutes(db, waiters));
  app.use(limitInFlight(maxRequestsInFlight, registry));
  app.use(paymentRoutes(db, waiters));
  if (webhookSecrets.length > 0) app.use(providerWebhookRoutes(db, webhookSecrets));
  app.use(routeNotFound);
  app.use(handleErrors(logger));
  return app;
}
