import type { RequestHandler } from "express";
import type { Logger } from "pino";

/** One line per request once it is over, with neither body nor headers: those hold keys and card tokens. */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const startedMs = performance.now();
    res.once("close", () => {
      logger.info(
        {
          method: req.method,
          path: req.originalUrl.split("?", 1)[0],
          // Without its last byte sent there was no answer, whatever status it would have had.
          status: res.writableFinished ? res.statusCode : null,
          delivery: res.locals.delivery,
          request_id: res.getHeader("Request-Id"),
          duration_ms: Math.round(performance.now() - startedMs),
        },
        "request",
      );
    });
    next();
  };
}
