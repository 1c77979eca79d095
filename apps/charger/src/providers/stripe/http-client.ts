import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { Stripe } from "stripe";

/** A provider call that ended without a readable answer. */
export class ProviderCallError extends Error {
  readonly reason: string;
  /** False only when provably no byte of the request left this machine. */
  readonly wasSent: boolean;

  constructor(reason: string, wasSent: boolean) {
    super(`The provider call failed: ${reason}`);
    this.name = "ProviderCallError";
    this.reason = reason;
    this.wasSent = wasSent;
  }
}

export const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * More than one charger makes calls at once (see CHARGER_CONCURRENCY). A call that waited here for another would be sent
 * with its deadline nearly over, and end unknown.
 */
const MAX_SOCKETS = 1_024;

/**
 * The transport of the Stripe SDK, bounded: one deadline from the call to the last byte read, connecting included, and a
 * limit on the answer's size. The SDK's own has only an idle timeout, which a slowly dripping answer never meets, and it
 * sends a request again when the connection was reset, which is not its to decide. Errors here carry no `code`, so the
 * SDK does not recognise a reset and leaves it to us.
 */
export class BoundedHttpClient implements BoundedClient {
  readonly #deadlineMs: number;
  readonly #agents = {
    http: new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    https: new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  };

  readonly #isTooLate: () => boolean;

  /** @param isTooLate asked when the socket is ready and nothing has left yet; see `RefundProvider` */
  constructor(deadlineMs: number, isTooLate: () => boolean = () => false) {
    this.#deadlineMs = deadlineMs;
    this.#isTooLate = isTooLate;
  }

  getClientName(): string {
    return "payonce";
  }

  makeRequest(...call: Parameters<BoundedClient["makeRequest"]>): ReturnType<BoundedClient["makeRequest"]> {
    const [host, port, path, method, headers, body, protocol] = call;
    const isPlain = protocol === "http";
    return new Promise((resolve, reject) => {
      let wasSent = false;
      const fail = (reason: string) => {
        clearTimeout(timer);
        request.destroy();
        reject(new ProviderCallError(reason, wasSent));
      };
      const agent = isPlain ? this.#agents.http : this.#agents.https;
      const options = { host, port, path, method, headers: headers as http.OutgoingHttpHeaders, agent };
      const request = (isPlain ? http : https).request(options, (response) => {
        readAnswer(response, fail, (text) => {
          clearTimeout(timer);
          resolve(new Answer(response, text));
        });
      });
      const timer = setTimeout(() => fail("timeout"), this.#deadlineMs);
      request.on("error", (error: NodeJS.ErrnoException) => fail(error.code?.toLowerCase() ?? "connection_failed"));
      request.on("socket", (socket: Socket) => {
        // The last moment at which nothing has left. A process that was stopped while it connected wakes up here.
        const sent = () => {
          if (this.#isTooLate()) return fail("too_late");
          wasSent = true;
        };
        // With TLS nothing of the request leaves before the handshake is done. A socket kept alive from an earlier call
        // takes the request at once, and gets no listener: it would collect one with each call.
        if (socket.connecting) socket.once(isPlain ? "connect" : "secureConnect", sent);
        else sent();
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}

type BoundedClient = NonNullable<NonNullable<ConstructorParameters<typeof Stripe>[1]>["httpClient"]>;

function readAnswer(
  response: http.IncomingMessage,
  fail: (reason: string) => void,
  done: (text: string) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) return fail("answer_too_large");
    chunks.push(chunk);
  });
  response.on("error", () => fail("answer_broken_off"));
  // A cut connection ends some answers without an error.
  response.on("close", () => {
    if (response.complete) done(Buffer.concat(chunks).toString("utf8"));
    else fail("answer_broken_off");
  });
}

class Answer {
  readonly #response: http.IncomingMessage;
  readonly #text: string;

  constructor(response: http.IncomingMessage, text: string) {
    this.#response = response;
    this.#text = text;
  }

  getStatusCode(): number {
    return this.#response.statusCode ?? 0;
  }

  getHeaders(): Record<string, string> {
    return this.#response.headers as Record<string, string>;
  }

  /** The SDK writes the status code on this; the socket itself stays ours. */
  getRawResponse(): object {
    return { headers: this.getHeaders() };
  }

  toStream(): never {
    throw new Error("no Stripe call that streams is made here");
  }

  /** The answer's JSON object, or an empty one where it is none: of an answer it cannot read, the SDK keeps no status. */
  async toJSON(): Promise<object> {
    const value = parseJson(this.#text);
    if (!isObject(value)) return {};
    // Stripe's errors are objects. A word there is a gateway's, and the SDK would take it for Stripe's own error type.
    return isObject(value.error ?? {}) ? value : {};
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
