import { toPayonceError } from "@payonce/http";
import { describeError, type Logger } from "@payonce/service";
import type { ErrorRequestHandler } from "express";
import { DASHBOARD_PATH } from "./dashboard-path.ts";

/**
 * Errors for the dashboard's script, and for whatever else asks for something that is no page: problems. bull-board's user
 * interface shows `error` and `message` to the operator; without them it would go on showing what it showed before. Errors
 * of pages go on to who makes pages of them.
 */
export function handleDashboardErrors(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (!isForScript(request.originalUrl, request.method)) return next(error);
    const problem = toPayonceError(error);
    const { requestId: id, path } = response.locals;
    if (problem.code === "internal_error")
      logger.error({ requestId: id, error: describeError(error) }, "internal error");
    // The answer had begun: all that is left is to break it off, so that the client sees that it is not whole.
    if (response.headersSent) return void response.destroy();
    if (problem.status === 503) response.setHeader("Retry-After", "1");
    const body = problem.toProblem({ id, path });
    response
      .status(problem.status)
      .type("application/problem+json")
      .send(JSON.stringify({ ...body, error: body.title, message: body.detail }));
  };
}

function isForScript(target: string, method: string): boolean {
  if (!target.startsWith(`${DASHBOARD_PATH}/`)) return false;
  return method !== "GET" || target.startsWith(`${DASHBOARD_PATH}/api/`);
}
