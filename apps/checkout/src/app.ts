import { createPayonce } from "@payonce/client";
import { handleErrors, limitInFlight, logRequests, methodNotAllowed, requireHost, routeNotFound } from "@payonce/http";
import { createRegistry, type Logger } from "@payonce/service";
import express, { type Express } from "express";
import type { Config } from "./config.ts";
import { countCharges, ORDER } from "./count-charges.ts";
import { pageRoutes } from "./page-routes.ts";
import { securityHeaders } from "./security-headers.ts";

const MAX_REQUESTS_IN_FLIGHT = 100;

export interface AppDependencies {
  config: Config;
  /** The folder that the page was built into. */
  pageFolder: string;
  logger: Logger;
}

/** A demo shop: its page pays through Payonce, and its server tells how often the provider has charged for an order. */
export function createApp({ config, pageFolder, logger }: AppDependencies): Express {
  const { PAYONCE_URL: apiUrl, PAYONCE_PUBLISHABLE_KEY: publishableKey, SIMULATOR_URL: simulatorUrl } = config;
  const payonce = createPayonce({ key: config.PAYONCE_SECRET_KEY, baseUrl: apiUrl });
  const registry = createRegistry("checkout");
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(logRequests(logger, registry));
  app.use(securityHeaders(apiUrl));
  app.use(requireHost);
  app.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  app.all("/healthz", methodNotAllowed("GET, HEAD"));
  app.use(limitInFlight(MAX_REQUESTS_IN_FLIGHT, registry));
  app.use(pageRoutes({ folder: pageFolder, apiUrl, publishableKey }));
  app.get("/orders/:order/charges", async (request, response, next) => {
    const { order } = request.params;
    if (!ORDER.test(order)) return next();
    response.json(await countCharges(payonce, simulatorUrl, order));
  });
  app.all("/orders/:order/charges", methodNotAllowed("GET, HEAD"));
  app.use(routeNotFound);
  app.use(handleErrors(logger));
  return app;
}
