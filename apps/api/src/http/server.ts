import type { Server } from "node:http";
import type { Socket } from "node:net";
import { newId, PayonceError } from "@payonce/domain";

/** Limits on slow and broken clients, and a readable answer for requests that never reach Express. */
export function hardenServer(server: Server): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  // Longer than the idle limit of common load balancers, so that it is never us who close a connection just in use.
  server.keepAliveTimeout = 65_000;
  server.maxRequestsPerSocket = 0;
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy();
    socket.end(badRequest(error.code));
  });
}

function badRequest(reason: string | undefined): string {
  const detail =
    reason === "HPE_HEADER_OVERFLOW"
      ? "The headers are too large."
      : reason === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "The request did not arrive in time."
        : "The request is not valid HTTP.";
  const body = JSON.stringify(new PayonceError("malformed_request", detail).toProblem({ id: newId("req"), path: "" }));
  return [
    "HTTP/1.1 400 Bad Request",
    "Connection: close",
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}

/** Takes no new connection, and resolves when the requests in flight are answered. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Connections kept alive that become idle from now on.
    const sweep = setInterval(() => server.closeIdleConnections(), 100);
    server.once("close", () => clearInterval(sweep));
  });
}
