import { methodNotAllowed, routeNotFound } from "@payonce/http";
import { type RequestHandler, Router } from "express";
import type { OpsDependencies } from "../dependencies.ts";
import { DASHBOARD_PATH } from "./dashboard-path.ts";
import { createTargetFinder } from "./find-target.ts";
import { handleDashboardErrors } from "./handle-dashboard-errors.ts";
import { createReadOnlyBoard } from "./read-only-board.ts";
import { SHOWN_QUEUES } from "./shown-queues.ts";

/**
 * The BullMQ dashboard at `/queues`, for reading alone. Mount it at the root, behind the security headers and the sign-in.
 *
 * bull-board's `readOnlyMode` is not what makes it so: a guard in front lets exact GET and HEAD targets through, and behind
 * it nothing that writes is registered. Other methods get 405, other targets 404. While Redis is away, 503 within seconds.
 */
export function dashboardRoutes(dependencies: Pick<OpsDependencies, "redis" | "prefix" | "logger">): Router {
  const { redis, prefix, logger } = dependencies;
  const board = createReadOnlyBoard({ redis, prefix, basePath: DASHBOARD_PATH, queues: SHOWN_QUEUES });
  const queueNames = SHOWN_QUEUES.map(({ name }) => name);
  const findTarget = createTargetFinder({ basePath: DASHBOARD_PATH, queueNames, assets: board.assets });

  const router = Router({ caseSensitive: true, strict: true });
  router.use(DASHBOARD_PATH, refuseWriting, openOnly(findTarget), board.app, routeNotFound);
  router.use(DASHBOARD_PATH, handleDashboardErrors(logger));
  return router;
}

const READING = "GET, HEAD";
const refuse = methodNotAllowed(READING);

const refuseWriting: RequestHandler = (request, response, next) =>
  READING.split(", ").includes(request.method) ? next() : refuse(request, response, next);

/** Hands on the target that the guard has made, not the one that was sent. */
function openOnly(findTarget: (target: string) => string | null): RequestHandler {
  return (request, response, next) => {
    // The page's own links start from there.
    if (request.originalUrl.split("?")[0] === DASHBOARD_PATH) return response.redirect(`${DASHBOARD_PATH}/`);
    const target = findTarget(request.originalUrl);
    if (target === null) return routeNotFound(request, response, next);
    response.setHeader("Cache-Control", target.startsWith("/static/") ? "private, max-age=3600" : "no-store");
    request.url = target;
    next();
  };
}
