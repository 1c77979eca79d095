import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TimelineEvent } from "@payonce/domain";

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
  at: number;
}

/** Answers a request, or does something worse. */
export type Behaviour = (response: ServerResponse, request: SeenRequest) => unknown;

/** A real HTTP server that behaves as it is told, and remembers what it was asked. */
export async function startTestServer() {
  const requests: SeenRequest[] = [];
  let behaviour: Behaviour = answer(404, { code: "route_not_found", detail: "Nothing here" });
  const server = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
    const { method = "", url: path = "", headers } = incoming;
    const request = { method, path, headers, body, at: performance.now() };
    requests.push(request);
    await behaviour(response, request);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    /** One after the other; the last one stays. Forgets what was asked before. */
    behave(...behaviours: Behaviour[]) {
      requests.length = 0;
      behaviour = (response, request) =>
        (behaviours.length > 1 ? behaviours.shift() : behaviours[0])?.(response, request);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

export const refuse = (status: number, code: string, more: object = {}, headers = {}): Behaviour =>
  answer(status, { code, status, detail: `It is ${code}`, param: null, request_id: "req_1", ...more }, headers);

/** Takes the request, and breaks the connection instead of answering. */
export const reset: Behaviour = (response) => void response.destroy();
/** Breaks off in the middle of the answer. */
export const halfAnAnswer: Behaviour = (response) => {
  response.writeHead(202, { "content-type": "application/json", "content-length": "500" }).write('{"object":"paym');
  setTimeout(() => response.destroy(), 5);
};
/** A byte now and then, without end. */
export const drip: Behaviour = (response) => {
  response.writeHead(202, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 20);
  response.once("close", () => clearInterval(timer));
};
/** What the Wi-Fi of a café answers. */
export const portal: Behaviour = (response) => void response.writeHead(200).end("<h1>Please sign in</h1>");
export const silence: Behaviour = () => {};

export const paymentOf = (status: string, more: object = {}) => ({
  id: "pay_1",
  object: "payment",
  status,
  version: 1,
  amount: 4200,
  currency: "eur",
  ...more,
});

export const eventOf = (version: number, type: string) =>
  ({ id: `evt_${version}`, object: "event", type, payment: "pay_1", version }) as TimelineEvent;

export const frame = (version: number, type: string, status: string) =>
  `id: ${version}\nevent: ${type}\ndata: ${JSON.stringify({ ...eventOf(version, type), data: paymentOf(status, { version }) })}\n\n`;

/** @param end what becomes of the stream once its text is out; it stays open where not said */
export const stream =
  (text: string, end?: (response: ServerResponse) => void): Behaviour =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write(text);
    end?.(response);
  };

/** As `localStorage` is: shared by all tabs of a browser. */
export function createTestStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  };
}
