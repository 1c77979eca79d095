import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The answers that each connection still owes: more than one when a client sends requests without waiting (pipelining). */
const owedBy = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Makes sure that every response emits `close`. When a connection dies, Node closes only the response that was being
 * sent; those queued behind it would hold their place among the requests in flight for good.
 */
export function trackOwedAnswers(server: Server): void {
  server.on("connection", (socket) => {
    const owed = new Set<ServerResponse>();
    owedBy.set(socket, owed);
    socket.once("close", () => {
      // The one being sent has the socket.
      for (const response of owed) if (!response.socket) response.destroy().emit("close");
    });
  });
  server.on("request", ({ socket }, response) => {
    const owed = owedBy.get(socket);
    owed?.add(response);
    response.once("close", () => owed?.delete(response));
  });
}

/** The responses of a connection that have not been sent, oldest first. */
export function owedAnswers(socket: Socket): ServerResponse[] {
  return [...(owedBy.get(socket) ?? [])];
}
