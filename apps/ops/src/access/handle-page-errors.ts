import { toPayonceError } from "@payonce/http";
import { describeError, type Logger } from "@payonce/service";
import type { ErrorRequestHandler } from "express";
import { renderError } from "../console/error-page.tsx";
import { csrfToken } from "./csrf-token.ts";

/** Errors as pages: what the API answers as a problem, with the same status. */
export function handlePageErrors(logger: Logger): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const problem = toPayonceError(error);
    const { requestId, path, operator } = response.locals;
    if (problem.code === "internal_error") logger.error({ requestId, error: describeError(error) }, "internal error");
    // The answer had begun: all that is left is to break it off, so that the browser sees that it is not whole.
    if (response.headersSent) return void response.destroy();
    if (problem.status === 503) response.setHeader("Retry-After", "1");
    const signedIn = operator && { operator, csrf: csrfToken(response) };
    response
      .status(problem.status)
      .type("html")
      .send(renderError(problem.toProblem({ id: requestId, path }), signedIn));
  };
}
