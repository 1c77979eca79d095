import type { Database } from "@payonce/db";
import type { Logger } from "@payonce/service";
import express, { type Express } from "express";
import type { Registry } from "prom-client";
import { healthRoutes } from "./health.ts";
import { handleErrors, routeNotFound } from "./http/handle-errors.ts";
import { limitInFlight } from "./http/limit-in-flight.ts";
import { logRequests } from "./http/log-requests.ts";
import type { PaymentWaiters } from "./payments/payment-waiters.ts";
import { paymentRoutes } from "./payments/routes.ts";

export interface AppDependencies {
  db: Database;
  waiters: PaymentWaiters;
  logger: Logger;
  registry: Registry;
  maxRequestsInFlight?: number;
}

/** The merchant API. It writes to Postgres alone: Redis may be away, and only makes waiting clients wake sooner. */
export function createApp({ db, waiters, logger, registry, maxRequestsInFlight = 1_000 }: AppDependencies): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("case sensitive routing", true);
  app.use(logRequests(logger, registry));
  app.use(healthRoutes(db, waiters));
  app.use(limitInFlight(maxRequestsInFlight));
  app.use("/v1/payments", paymentRoutes(db, waiters));
  app.use(routeNotFound);
  app.use(handleErrors(logger));
  return app;
}
