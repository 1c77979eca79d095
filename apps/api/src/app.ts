import type { Database } from "@payonce/db";
import { handleErrors, limitInFlight, logRequests, requireHost, routeNotFound } from "@payonce/http";
import type { Logger } from "@payonce/service";
import express, { type Express } from "express";
import type { Registry } from "prom-client";
import { allowedOriginRoutes } from "./allowed-origins/routes.ts";
import { documentRoutes } from "./docs/document-routes.ts";
import { docsPageRoutes } from "./docs/page-routes.ts";
import { healthRoutes } from "./health.ts";
import { createAuthentication } from "./http/authenticate.ts";
import type { KeyChanges } from "./http/known-keys.ts";
import type { RateLimits } from "./http/rate-limits.ts";
import { refuseCardNumbers } from "./http/refuse-card-numbers.ts";
import { createAcceptTogether } from "./payments/accept-together.ts";
import type { LiveEvents } from "./payments/events/live-events.ts";
import type { PaymentWaiters } from "./payments/payment-waiters.ts";
import { paymentRoutes } from "./payments/routes.ts";
import { providerWebhookRoutes } from "./provider-webhooks/routes.ts";
import { refundRoutes } from "./refunds/routes.ts";
import { type WebhookRoutesOptions, webhookEndpointRoutes } from "./webhook-endpoints/routes.ts";

export interface AppDependencies {
  db: Database;
  waiters: PaymentWaiters;
  live: LiveEvents;
  logger: Logger;
  registry: Registry;
  limits: RateLimits;
  /** Without it each request asks the database whose key it has. */
  keyChanges?: KeyChanges | undefined;
  /** In milliseconds: how old is what is remembered of keys. */
  now?: (() => number) | undefined;
  /** So many proxies in front of this say truly, in X-Forwarded-For, whom they have seen. */
  trustProxyHops?: number;
  maxRequestsInFlight?: number;
  /** Of new payments, behind those that are being stored. */
  maxPaymentsWaiting?: number;
  /** Secrets that Stripe signs its webhooks with; without one they are not received. */
  webhookSecrets?: readonly string[];
  /** For webhooks to merchants; without it they cannot be set up. */
  webhooks?: WebhookRoutesOptions | undefined;
}

/** The merchant API. It writes to Postgres alone: Redis may be away, and only makes waiting clients wake sooner. */
export function createApp(dependencies: AppDependencies): Express {
  const { db, waiters, live, logger, registry, limits, keyChanges, now, webhooks } = dependencies;
  const {
    trustProxyHops = 0,
    maxRequestsInFlight = 1_000,
    maxPaymentsWaiting = 500,
    webhookSecrets = [],
  } = dependencies;
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("trust proxy", trustProxyHops);
  app.use(logRequests(logger, registry));
  app.use(requireHost);
  app.use(healthRoutes(db, waiters));
  app.use(limitInFlight(maxRequestsInFlight, registry));
  app.use(refuseCardNumbers);
  const accept = createAcceptTogether(db, { maxWaiting: maxPaymentsWaiting, registry });
  const authentication = createAuthentication({ db, limits, keyChanges, now });
  // First, because what stands before it costs each payment.
  app.use(paymentRoutes({ db, accept, waiters, live, limits }, authentication));
  app.use(documentRoutes());
  app.use(docsPageRoutes());
  app.use(refundRoutes(db, authentication.secretKey));
  app.use(allowedOriginRoutes(db, authentication));
  if (webhookSecrets.length > 0) app.use(providerWebhookRoutes(db, webhookSecrets));
  if (webhooks) app.use(webhookEndpointRoutes(db, authentication, webhooks));
  app.use(routeNotFound);
  app.use(handleErrors(logger));
  return app;
}
