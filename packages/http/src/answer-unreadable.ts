import type { Socket } from "node:net";
import { newId, PayonceError } from "@payonce/domain";
import type { Logger } from "@payonce/service";
import { owedAnswers } from "./owed-answers.ts";

/** How long a client has to read the answer and close; a connection it leaves open would be ours to keep for ever. */
const LINGER_MS = 1_000;

/** For `clientError`: what came is not HTTP, is too large, or did not come to its end. Answers and closes the connection. */
export function answerUnreadable(logger: Logger) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // Behind a request that was read whole, this answer would be taken for that one's, and it may have been carried out.
    const owed = owedAnswers(socket);
    const isMisleading = owed.some(({ req, headersSent }) => req.complete || headersSent);
    if (error.code === "ECONNRESET" || !socket.writable || isMisleading) {
      socket.destroy();
      return;
    }
    // A request that broke off in its body has an id, and a log line of its own.
    const requestId = owed[0]?.getHeader("Request-Id")?.toString() ?? newId("req");
    const problem = problemOf(error.code);
    logger.info({ requestId, status: problem.status, reason: error.code }, "unreadable request");
    socket.end(toHttp(problem, requestId));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
}

function problemOf(reason: string | undefined): PayonceError {
  switch (reason) {
    case "HPE_HEADER_OVERFLOW":
      return new PayonceError("headers_too_large", "All headers together may have 16 kB.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new PayonceError("request_timeout", "The request did not arrive whole in time, and nothing was done.");
    default:
      return new PayonceError("malformed_request", "The request is not valid HTTP.");
  }
}

const REASON_PHRASES: Record<number, string> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

function toHttp(problem: PayonceError, requestId: string): string {
  const body = JSON.stringify(problem.toProblem({ id: requestId, path: "" }));
  return [
    `HTTP/1.1 ${problem.status} ${REASON_PHRASES[problem.status]}`,
    "Connection: close",
    `Request-Id: ${requestId}`,
    "Content-Type: application/problem+json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}
