import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebhookEvent, webhookEventSchema } from "@payonce/domain";
import { Webhook } from "standardwebhooks";

/** A merchant's server. It takes only what it can verify, and can be down for a while. */
export async function startReceiver() {
  let secret = "";
  let status = 204;
  const events = new Map<string, WebhookEvent>();
  const refused: string[] = [];
  let count = 0;
  let held = 0;
  let open = Promise.resolve();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    count += 1;
    held += 1;
    await open;
    held -= 1;
    if (status >= 300) return void response.writeHead(status).end();
    try {
      // As the OpenAPI document describes it, and nothing else.
      const event = webhookEventSchema.parse(
        new Webhook(secret).verify(body, request.headers as Record<string, string>),
      );
      events.set(event.id, event);
      response.writeHead(status).end();
    } catch (error) {
      refused.push((error as Error).message);
      response.writeHead(400).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  let { port } = server.address() as AddressInfo;
  return {
    get url() {
      return `http://127.0.0.1:${port}/hooks`;
    },
    /** By their ids, so each once, however often it came. */
    events,
    /** Why some were not taken: they should all be genuine. */
    refused,
    /** Requests, also those that came again. */
    count: () => count,
    trust(newSecret: string) {
      secret = newSecret;
    },
    answerWith(newStatus: number) {
      status = newStatus;
    },
    /** Answers nobody until what it gives is called. */
    hold(): () => void {
      let release = () => {};
      open = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    /** Requests that wait for their answer. */
    held: () => held,
    /** Nobody answers at its port any more. */
    async goAway() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
    /** At the port it had. */
    async comeBack() {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      ({ port } = server.address() as AddressInfo);
    },
  };
}
