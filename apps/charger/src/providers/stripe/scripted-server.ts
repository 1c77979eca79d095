import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";

/** A request as it came over the wire. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  form: Record<string, string>;
  /** Which connection it came on, counted from 1. */
  connection: number;
}

/** What the server does with a request that it has read whole. */
export type Script = (socket: Socket, request: ReceivedRequest) => void;

/**
 * A server that writes bytes, not HTTP: for the answers no decent server gives. It reads requests as they come, keeps
 * them, and lets the script answer on the bare socket. Loopback only, on a free port.
 */
export async function startScriptedServer(script: Script) {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const state = { script, onConnection: (_socket: Socket) => {} };

  const server = net.createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that hangs up on us is what many scripts are about.
    socket.on("error", () => {});
    let unread = "";
    socket.on("data", (chunk) => {
      unread += chunk.toString("latin1");
      for (let read = readRequest(unread, connection); read; read = readRequest(unread, connection)) {
        unread = read.rest;
        requests.push(read.request);
        state.script(socket, read.request);
      }
    });
    state.onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    /** From now on answers like this. */
    play(next: Script) {
      state.script = next;
    },
    /** Runs before a connection has sent anything. */
    onConnection(act: (socket: Socket) => void) {
      state.onConnection = act;
    },
    /** The connections that are open now. */
    open: () => [...sockets],
    /** Resolves when the client holds no connection any more. */
    async released() {
      const closed = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));
      while (sockets.size > 0) await Promise.all([...sockets].map(closed));
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export type ScriptedServer = Awaited<ReturnType<typeof startScriptedServer>>;

/** An answer in HTTP/1.1 whose length is right, on a connection that stays open. */
export function httpAnswer(status: number, body: string, headers: Record<string, string> = {}): string {
  const lines = Object.entries({ "Content-Length": String(Buffer.byteLength(body)), ...headers });
  return `HTTP/1.1 ${status} Scripted\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** Answers every request with this value as JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Script {
  const answer = httpAnswer(status, JSON.stringify(value), { "Content-Type": "application/json", ...headers });
  return (socket) => socket.write(answer);
}

/** Answers every request with these bytes. */
export function raw(text: string): Script {
  return (socket) => socket.write(text);
}

function readRequest(text: string, connection: number): { request: ReceivedRequest; rest: string } | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [requestLine = "", ...headerLines] = text.slice(0, headEnd).split("\r\n");
  const [method = "", path = ""] = requestLine.split(" ");
  const headers = Object.fromEntries(
    headerLines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  const bodyStart = headEnd + 4;
  const bodyEnd = bodyStart + Number(headers["content-length"] ?? 0);
  if (text.length < bodyEnd) return undefined;
  const form = Object.fromEntries(new URLSearchParams(text.slice(bodyStart, bodyEnd)));
  return { request: { method, path, headers, form, connection }, rest: text.slice(bodyEnd) };
}
