import { createServer, type IncomingMessage, type Server } from "node:http";
import { createIntents } from "./intents.ts";

interface Answer {
  status: number;
  body: object;
}

const NOT_FOUND: Answer = { status: 404, body: { error: { type: "invalid_request_error", code: "resource_missing" } } };

/**
 * A provider that takes no time and loses nothing: Stripe's wire form for Payonce (create, confirm, retrieve, cancel,
 * account, empty lists), one call that charges for the others, and `/_bench/charges`, which tells how many were charged and
 * with DELETE forgets them. It keeps nothing on disk, so that what is measured is the service before it.
 */
export function createProvider(): Server {
  const intents = createIntents();

  function answer(method: string, path: string, body: string): Answer {
    const ok = (object: object): Answer => ({ status: 200, body: object });
    if (method === "POST" && path === "/charges") return ok(intents.charge());
    if (path === "/_bench/charges") {
      const charges = intents.charges();
      if (method === "DELETE") intents.forget();
      return ok({ charges });
    }
    if (path === "/v1/account") return ok({ id: "acct_benchmark", object: "account" });
    if (method === "POST" && path === "/v1/payment_intents") return ok(intents.create(new URLSearchParams(body)));
    const [, id, action] = /^\/v1\/payment_intents\/(\w+)(?:\/(confirm|cancel))?$/.exec(path) ?? [];
    if (id === undefined) return method === "GET" ? ok({ object: "list", data: [], has_more: false }) : NOT_FOUND;
    const intent = intents.find(id);
    if (!intent) return NOT_FOUND;
    if (action === "confirm") intents.confirm(intent);
    if (action === "cancel") intents.cancel(intent);
    return ok(intent);
  }

  return createServer({ keepAliveTimeout: 65_000 }, async (request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const { status, body } = answer(request.method ?? "", path, await readBody(request));
    const text = JSON.stringify(body);
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
    response.end(text);
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) text += part;
  return text;
}
