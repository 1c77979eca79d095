import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebhookEvent } from "@payonce/domain";

/** One request that a receiver got. */
export interface Received {
  headers: Record<string, string>;
  body: string;
  event: WebhookEvent;
}

export type Answer = (response: ServerResponse, received: Received, request: IncomingMessage) => void;

/** A merchant's server: keeps what it got, and answers 204 unless told otherwise. */
export async function startReceiver(host = "127.0.0.1", port = 0) {
  const received: Received[] = [];
  let answer: Answer = (response) => response.writeHead(204).end();
  let wake = () => {};
  let connections = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const one: Received = { headers: request.headers as Record<string, string>, body, event: JSON.parse(body || "{}") };
    received.push(one);
    answer(response, one, request);
    wake();
  });
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}/hooks`,
    port: address.port,
    received,
    server,
    connections: () => connections,
    answerWith(next: Answer) {
      answer = next;
    },
    async until(condition: () => boolean): Promise<void> {
      await new Promise<void>((resolve) => {
        wake = () => condition() && resolve();
        wake();
      });
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
