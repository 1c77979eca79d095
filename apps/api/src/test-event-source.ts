import { type IncomingMessage, request } from "node:http";
import type { LiveEvent } from "@payonce/domain";
import type { TestApi } from "./test-api.ts";

export interface TestEvent {
  id: number;
  event: string;
  data: LiveEvent;
}

/** A client of an event stream that keeps all it gets. */
export interface TestEventSource {
  status: number;
  headers: Record<string, string>;
  events: TestEvent[];
  comments: number;
  retryMs: number | null;
  /** The body, where it is no event stream. */
  text: string;
  isEnded: boolean;
  /** Resolves when the server has ended the answer; rejects never. */
  ended: Promise<void>;
  /** Goes away, as a browser does when its page is left. */
  close(): void;
}

/** Opens an event stream, and resolves when its answer has begun. */
export function listenTo(
  api: Pick<TestApi, "port" | "authorization">,
  paymentId: string,
  { headers = {}, query = "" }: { headers?: Record<string, string>; query?: string } = {},
): Promise<TestEventSource> {
  return new Promise((resolve, reject) => {
    const { port, authorization } = api;
    const outgoing = request({
      port,
      host: "127.0.0.1",
      path: `/v1/payments/${paymentId}/events${query}`,
      headers: { authorization, accept: "text/event-stream", ...headers },
      agent: false,
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      outgoing.on("error", () => {});
      resolve(keep(incoming, () => outgoing.destroy()));
    });
    outgoing.end();
  });
}

function keep(incoming: IncomingMessage, close: () => void): TestEventSource {
  const source: TestEventSource = {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    events: [],
    comments: 0,
    retryMs: null,
    text: "",
    isEnded: false,
    ended: new Promise((resolve) => incoming.once("close", resolve)),
    close,
  };
  incoming.once("end", () => {
    source.isEnded = true;
  });
  incoming.on("error", () => {});
  let rest = "";
  incoming.setEncoding("utf8").on("data", (chunk: string) => {
    source.text += chunk;
    const frames = (rest + chunk).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) readFrame(source, frame);
  });
  return source;
}

function readFrame(source: TestEventSource, frame: string): void {
  const fields = new Map(
    frame.split("\n").map((line) => [line.split(":", 1)[0] ?? "", line.slice(line.indexOf(":") + 1).trim()]),
  );
  if (fields.has("")) source.comments += 1;
  if (fields.has("retry")) source.retryMs = Number(fields.get("retry"));
  if (fields.has("data"))
    source.events.push({
      id: Number(fields.get("id")),
      event: fields.get("event") ?? "message",
      data: JSON.parse(fields.get("data") ?? ""),
    });
}
