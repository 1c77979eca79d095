import { newId } from "@payonce/domain";
import type { Logger } from "@payonce/service";
import type { RequestHandler } from "express";
import { Histogram, type Registry } from "prom-client";
import { loggablePath } from "./loggable-path.ts";

declare module "express-serve-static-core" {
  interface Locals {
    /** Also sent as the `Request-Id` header. */
    requestId: string;
    /** The path as it may be repeated in logs and answers. */
    path: string;
  }
}

/** Gives each request its id, one log line and one observation. Neither query, headers nor body are logged. */
export function logRequests(logger: Logger, registry: Registry): RequestHandler {
  const durations = new Histogram({
    name: "payonce_http_request_duration_seconds",
    help: "Time from a request's arrival to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [registry],
  });
  return (request, response, next) => {
    const startedAt = performance.now();
    const requestId = newId("req");
    const path = loggablePath(request.path);
    response.locals.requestId = requestId;
    response.locals.path = path;
    response.setHeader("Request-Id", requestId);
    response.once("close", () => {
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      // A client that went away before its answer is 499, as in nginx.
      const status = response.writableFinished ? response.statusCode : 499;
      const { method } = request;
      const route = request.route?.path ?? "unmatched";
      durations.observe({ method, route, status }, ms / 1_000);
      const { merchantId } = response.locals;
      logger.info({ requestId, method, path, status, ms, ...(merchantId && { merchantId }) }, "request");
    });
    next();
  };
}
