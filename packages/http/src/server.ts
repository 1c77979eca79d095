import { createServer, type RequestListener, type Server } from "node:http";
import type { Logger } from "@payonce/service";
import { answerUnreadable } from "./answer-unreadable.ts";
import { trackOwedAnswers } from "./owed-answers.ts";
import { toPath } from "./request-target.ts";

export interface ServerLimits {
  /** For a request's headers, from its first byte or from the opening of the connection. */
  headersTimeoutMs: number;
  /** For a whole request, body included. */
  requestTimeoutMs: number;
  /** How often the two are enforced. */
  checkEveryMs: number;
}

const LIMITS: ServerLimits = { headersTimeoutMs: 10_000, requestTimeoutMs: 20_000, checkEveryMs: 1_000 };

/** A server with limits on slow and broken clients, and a readable answer for requests that never reach Express. */
export function createHttpServer(app: RequestListener, logger: Logger, limits = LIMITS): Server {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    // Longer than the idle limit of common load balancers, so that it is never us who close a connection just in use.
    keepAliveTimeout: 65_000,
    // The app refuses a request without Host itself, as readably as any other.
    requireHostHeader: false,
  });
  trackOwedAnswers(server);
  server.on("request", (request, response) => {
    request.url = toPath(request.url);
    app(request, response);
  });
  // An expectation we do not know may be ignored (RFC 9110 §10.1.1); by default Node answers an empty 417.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("clientError", answerUnreadable(logger));
  return server;
}

/**
 * Takes no new connection, and resolves when the requests in flight are answered.
 *
 * @param graceMs after this the connections that are left are cut: a client that sends its request byte by byte must not
 *   keep us from closing the database in order
 */
export function closeServer(server: Server, graceMs = 8_000): Promise<void> {
  return new Promise((resolve) => {
    // A client that sends one request after the other never lets its connection become idle.
    server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
    server.close(() => resolve());
    server.closeIdleConnections();
    // Connections kept alive that become idle from now on.
    const sweep = setInterval(() => server.closeIdleConnections(), 100);
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.once("close", () => {
      clearInterval(sweep);
      clearTimeout(cut);
    });
  });
}
