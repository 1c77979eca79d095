import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebhookEvent } from "./webhook-event.ts";

type Received = { readonly headers: IncomingHttpHeaders; readonly payload: string; readonly event: WebhookEvent };

/** A webhook endpoint that keeps what it gets. It answers as `answer` says: with a status, or "never". */
export async function startTestReceiver() {
  const received: Received[] = [];
  const state: { answer: number | "never" } = { answer: 200 };
  const server = createServer((req, res) => {
    let payload = "";
    req.on("data", (bytes) => {
      payload += bytes;
    });
    req.on("end", () => {
      received.push({ headers: req.headers, payload, event: JSON.parse(payload || "null") });
      if (state.answer !== "never") res.writeHead(state.answer, { location: "/elsewhere" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    types: () => received.map(({ event }) => event.type.replace("payment_intent.", "")),
    answerWith(answer: number | "never") {
      state.answer = answer;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export type TestReceiver = Awaited<ReturnType<typeof startTestReceiver>>;
