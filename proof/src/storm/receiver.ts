import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebhookEvent } from "@payonce/domain";
import type { ReceivedWebhook } from "../invariants/facts.ts";

/** The merchants' server. It takes only what is genuine, and answers as badly as it is told. */
export interface Receiver {
  readonly port: number;
  /** What it took, and answered 204. */
  readonly received: readonly ReceivedWebhook[];
  /** Genuine or not: how many came. */
  readonly requests: number;
  trust(secret: string): void;
  /** Answers so until told otherwise; null never answers. */
  answerWith(status: number | null): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const secrets: string[] = [];
  const received: ReceivedWebhook[] = [];
  let status: number | null = 204;
  let requests = 0;
  const server = createServer(async (request, response) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      requests += 1;
      if (status === null) return;
      if (status !== 204) return void response.writeHead(status).end();
      if (!secrets.some((secret) => isGenuine(request.headers, body, secret)))
        return void response.writeHead(400).end();
      const { id, type, version, data } = JSON.parse(body.toString()) as WebhookEvent;
      received.push({ id, type, version, paymentId: data.id });
      response.writeHead(204).end();
    } catch {
      // The sender has gone away in the middle.
      response.destroy();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    received,
    get requests() {
      return requests;
    },
    trust: (secret) => void secrets.push(secret),
    answerWith(newStatus) {
      status = newStatus;
      // What waits for an answer that never comes waits for nothing.
      if (newStatus !== null) server.closeAllConnections();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function isGenuine(headers: IncomingHttpHeaders, body: Buffer, secret: string): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  return String(signatures)
    .split(" ")
    .some((signature) => {
      const given = Buffer.from(signature.split(",")[1] ?? "", "base64");
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
}
