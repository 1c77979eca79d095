import { isContention, isUnavailable, SharedStatementFull } from "@payonce/db";
import { PayonceError } from "@payonce/domain";
import { describeError, type Logger } from "@payonce/service";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { MAX_BODY_BYTES } from "./json-body.ts";

const RETRY_AFTER_SECONDS = "1";

export const routeNotFound: RequestHandler = (request) => {
  throw new PayonceError("route_not_found", `There is nothing at this path for ${request.method}.`);
};

/** The last route of a path: says which methods it takes. */
export function methodNotAllowed(allow: string): RequestHandler {
  return (request, response) => {
    response.setHeader("Allow", allow);
    throw new PayonceError("method_not_allowed", `${request.method} is not possible here; ${allow} is.`);
  };
}

/** The one place where errors become answers: `application/problem+json`, with no word about our insides. */
export function handleErrors(logger: Logger): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const problem = toPayonceError(error);
    if (problem.code === "internal_error")
      logger.error({ requestId: response.locals.requestId, error: describeError(error) }, "internal error");
    // The answer had begun: all that is left is to break it off, so that the client sees that it is not whole.
    if (response.headersSent) return void response.destroy();
    if (problem.status === 503) response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
    if (problem.status === 401) response.setHeader("WWW-Authenticate", 'Bearer realm="payonce"');
    const { requestId: id, path } = response.locals;
    response
      .status(problem.status)
      .type("application/problem+json")
      .send(JSON.stringify(problem.toProblem({ id, path })));
  };
}

/** What an error is to a client. What is not expected says nothing about itself. */
export function toPayonceError(error: unknown): PayonceError {
  if (error instanceof PayonceError) return error;
  // Before the database's errors: a client that breaks off has ECONNABORTED as well.
  const refusal = fromBodyParser(error);
  if (refusal) return refusal;
  if (error instanceof SharedStatementFull)
    return new PayonceError("busy", "Too many requests are waiting. Send the same request again, with the same key.");
  if (isUnavailable(error))
    return new PayonceError(
      "database_unavailable",
      "The database did not answer. Send the same request again, with the same key.",
    );
  if (isContention(error))
    return new PayonceError("busy", "Others were in the way. Send the same request again, with the same key.");
  return new PayonceError("internal_error", "The error is logged under this request's id.");
}

/** Express and its body parser mark a client's fault with a status; their messages can hold what the client sent. */
function fromBodyParser(error: unknown): PayonceError | null {
  const { type, status } = error as { type?: string; status?: number };
  switch (type) {
    case "entity.too.large":
      return new PayonceError("body_too_large", `A body may have at most ${MAX_BODY_BYTES} bytes.`);
    case "encoding.unsupported":
      return new PayonceError("content_type_unsupported", "Send the body without Content-Encoding.", {
        param: "Content-Encoding",
      });
    case "charset.unsupported":
      return new PayonceError("content_type_unsupported", "Send the body as UTF-8.", { param: "Content-Type" });
    default:
      return status && status >= 400 && status < 500
        ? new PayonceError("malformed_request", "The request could not be read.")
        : null;
  }
}
