import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Weather } from "./plan.ts";
import type { StoryEvent } from "./story-log.ts";

/** What the way to a provider and its work take: about what a card payment does. */
export const LATENCY = { otherMs: 90, confirmBeforeMs: 150, confirmAfterMs: 250 } as const;

export interface ProviderLineOptions {
  simulatorUrl: string;
  /** What the first charge of an order meets. Later ones go through. */
  weatherOf(order: string): Weather;
  /** How long a late answer takes: more than the service waits. */
  lateAnswerMs: number;
  /** Told what passes. */
  tell(event: Omit<StoryEvent, "atMs">): void;
}

export interface ProviderLine {
  url: string;
  close(): Promise<void>;
}

interface Passing {
  req: IncomingMessage;
  res: ServerResponse;
  body: string;
  order: string | undefined;
}

/** What a call is called in the story. */
const CALLS: readonly [pattern: RegExp, name: string][] = [
  [/^POST \/v1\/payment_intents$/, "create"],
  [/^POST \/v1\/payment_intents\/\w+\/confirm$/, "charge"],
  [/^POST \/v1\/payment_intents\/\w+\/cancel$/, "cancel"],
  [/^GET \/v1\/payment_intents\/\w+$/, "what happened?"],
];

/**
 * Stands between a service and its provider: adds the latency that a provider on this machine does not have, and makes the
 * planned answers come too late. It knows an order by the description that the service gives its PaymentIntents.
 */
export async function openProviderLine(options: ProviderLineOptions): Promise<ProviderLine> {
  const orders = new Map<string, string>();
  const charged = new Set<string>();
  const server = createServer((req, res) => {
    pass(req, res).catch(() => res.destroy());
  });

  async function pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req);
    const objectId = /\/payment_intents\/(\w+)/.exec(req.url ?? "")?.[1];
    const order = (objectId && orders.get(objectId)) ?? new URLSearchParams(body).get("description") ?? undefined;
    const passing = { req, res, body, order };
    const isConfirm = /\/confirm$/.test(req.url ?? "");
    const weather = order && isConfirm && !charged.has(order) ? options.weatherOf(order) : "fine";
    if (order && isConfirm) charged.add(order);
    const name = CALLS.find(([pattern]) => pattern.test(`${req.method} ${req.url}`))?.[1] ?? "look up";
    const isLost = weather === "lost_request";
    if (order) options.tell({ order, from: "service", to: "provider", text: name, ...(isLost && { isLost }) });
    // The service hangs until it gives up.
    if (isLost) return;

    await delay(isConfirm ? LATENCY.confirmBeforeMs : LATENCY.otherMs);
    const answer = await forward(options.simulatorUrl, passing);
    const object = parse(answer.text);
    if (order && object?.id && !objectId) orders.set(object.id, order);
    const isCharged = object?.status === "succeeded";
    if (order && isConfirm && isCharged) {
      options.tell({ order, from: "provider", to: "provider", text: "takes the money", isMoney: true });
    }
    if (isConfirm) await delay(weather === "late_answer" ? options.lateAnswerMs : LATENCY.confirmAfterMs);
    const isGone = res.socket?.destroyed ?? true;
    const text = name === "create" ? "created" : isCharged ? "succeeded" : (object?.status ?? `${answer.status}`);
    if (order) options.tell({ order, from: "provider", to: "service", text, ...(isGone && { isLost: true }) });
    if (!isGone) res.writeHead(answer.status, answer.headers).end(answer.text);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(req: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of req.setEncoding("utf8")) body += chunk;
  return body;
}

const PASSED_ON = ["authorization", "content-type", "idempotency-key", "stripe-version"];

/** What was asked is done, also when nobody waits for the answer any more. */
async function forward(simulatorUrl: string, { req, body }: Passing) {
  const headers = PASSED_ON.flatMap((name) => (req.headers[name] ? [[name, String(req.headers[name])] as const] : []));
  const answer = await fetch(new URL(req.url ?? "/", simulatorUrl), {
    method: req.method ?? "GET",
    headers: Object.fromEntries(headers),
    ...(req.method === "POST" && { body }),
  });
  const kept = ["content-type", "request-id", "idempotent-replayed"].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { status: answer.status, headers: Object.fromEntries(kept), text: await answer.text() };
}

function parse(text: string): { id?: string; status?: string } | undefined {
  try {
    return JSON.parse(text) as { id?: string; status?: string };
  } catch {
    return undefined;
  }
}
