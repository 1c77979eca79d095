import { on, once } from "node:events";
import { connect, type Socket } from "node:net";

/** A bare connection, for what no HTTP client would send. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Sends the bytes and reads until the server closes. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = await openSocket(port);
  socket.write(bytes);
  return readToEnd(socket);
}

export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await once(socket, "close");
  return Buffer.concat(chunks).toString("utf8");
}

/** The first answer in what a socket received. */
export function parseAnswer(received: string): { status: number; headers: Record<string, string>; text: string } {
  const end = received.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = received.slice(0, end).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(":", 1)[0]?.toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const body = Buffer.from(received.slice(end + 4)).subarray(0, Number(headers["content-length"]));
  return { status: Number(statusLine.split(" ")[1]), headers, text: body.toString() };
}

/** Reads one answer and leaves the connection open. */
export async function readAnswer(socket: Socket) {
  let received = "";
  for await (const [chunk] of on(socket, "data")) {
    received += chunk;
    const { headers, text } = parseAnswer(received);
    if (received.includes("\r\n\r\n") && Buffer.byteLength(text) >= Number(headers["content-length"] ?? 0)) break;
  }
  return parseAnswer(received);
}
