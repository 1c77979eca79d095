import { handleErrors, limitInFlight, logRequests, requireHost, routeNotFound } from "@payonce/http";
import express, { type Express } from "express";
import { createCookies } from "./access/cookies.ts";
import { requireCsrfToken } from "./access/csrf-token.ts";
import { handlePageErrors } from "./access/handle-page-errors.ts";
import { readForm } from "./access/read-form.ts";
import { requireOwnOrigin } from "./access/require-own-origin.ts";
import { requireSession } from "./access/require-session.ts";
import { requireToken } from "./access/require-token.ts";
import { securityHeaders } from "./access/security-headers.ts";
import { signInRoutes, signOutRoutes } from "./access/sign-in-routes.ts";
import { createSignInThrottle } from "./access/throttle-sign-ins.ts";
import { opsApiRoutes, opsDocumentRoutes } from "./api/routes.ts";
import { assetRoutes } from "./console/assets.ts";
import { consoleRoutes } from "./console/routes.ts";
import { handleDashboardErrors } from "./dashboard/handle-dashboard-errors.ts";
import { dashboardRoutes } from "./dashboard/mount-dashboard.ts";
import type { OpsDependencies } from "./dependencies.ts";
import { healthRoutes } from "./health.ts";

/** The operators' console and their API. The order is what protects them: each line below stands behind those above it. */
export function createApp(dependencies: OpsDependencies): Express {
  const { db, logger, registry, publicUrl, trustProxyHops, maxRequestsInFlight = 200 } = dependencies;
  const isSecure = publicUrl.startsWith("https://");
  const cookies = createCookies({ isSecure });
  const throttle = createSignInThrottle(db.pool, dependencies.signInLimits);

  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("trust proxy", trustProxyHops);
  app.use(logRequests(logger, registry));
  app.use(securityHeaders({ isSecure }));
  app.use(requireHost);
  app.use(healthRoutes(db));
  app.use(limitInFlight(maxRequestsInFlight, registry));

  app.use(opsDocumentRoutes());
  app.use("/ops/v1", requireToken(dependencies, throttle));
  app.use(opsApiRoutes(dependencies));
  app.use("/ops/v1", routeNotFound, handleErrors(logger));

  app.use(assetRoutes());
  app.use(requireOwnOrigin(publicUrl));
  app.use(signInRoutes(dependencies, cookies, throttle));
  app.use(requireSession(dependencies, cookies));
  app.use(dashboardRoutes(dependencies));
  app.use(readForm, requireCsrfToken);
  app.use(signOutRoutes(dependencies, cookies));
  app.use(consoleRoutes(dependencies));
  app.use(routeNotFound, handleDashboardErrors(logger), handlePageErrors(logger));
  return app;
}
