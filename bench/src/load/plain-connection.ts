import { connect } from "node:net";

export interface PlainAnswer {
  status: number;
  hasRetryAfter: boolean;
}

export interface PlainConnection {
  /** One request at a time; a word for what became of the connection, which is then of no further use. */
  send(request: string): Promise<PlainAnswer | string>;
  close(): void;
}

/**
 * A connection that speaks just enough HTTP/1.1 to send a request and find the end of an answer with a Content-Length. Far
 * cheaper than a client that can do more, so that the generator is not what a flood ends at.
 */
export function openPlainConnection(host: string, port: number, timeoutMs: number): PlainConnection {
  let received = "";
  let settle: ((answer: PlainAnswer | string) => void) | undefined;
  let fate = "closed";
  const socket = connect(port, host);
  socket.setNoDelay(true);
  socket.setEncoding("latin1");
  const end = (answer: PlainAnswer | string) => {
    const done = settle;
    settle = undefined;
    received = "";
    done?.(answer);
  };
  socket.on("data", (text: unknown) => {
    received += text;
    const answer = readAnswer(received);
    if (answer) end(answer);
  });
  socket.setTimeout(timeoutMs, () => {
    fate = socket.connecting ? "never connected" : "no answer in time";
    socket.destroy();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    fate = error.code ?? error.message;
  });
  socket.on("close", () => end(fate));
  return {
    send(request) {
      return new Promise((resolve) => {
        if (socket.destroyed) return resolve(fate);
        settle = resolve;
        socket.write(request);
      });
    },
    close: () => socket.destroy(),
  };
}

/** @returns undefined while it is not whole */
export function readAnswer(text: string): PlainAnswer | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd).toLowerCase();
  const length = Number(/\r\ncontent-length: *(\d+)/.exec(head)?.[1] ?? 0);
  if (text.length < headEnd + 4 + length) return undefined;
  return { status: Number(head.slice(9, 12)), hasRetryAfter: head.includes("\r\nretry-after:") };
}
