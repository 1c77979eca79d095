import http from "node:http";
import https from "node:https";
import { judgeWebhookAnswer, type WebhookFailure, type WebhookOutcome } from "@payonce/domain";
import { excerptOf } from "./excerpt-of.ts";
import { ConnectionRefusal, type GuardedAgents } from "./guarded-agents.ts";

export interface WebhookRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface SentWebhook {
  outcome: WebhookOutcome;
  /** Null when there was no answer. */
  httpStatus: number | null;
  response: string | null;
  durationMs: number;
}

export interface SendOptions {
  agents: GuardedAgents;
  /** From looking the name up to the end of the answer. */
  timeoutMs: number;
  now?: () => number;
}

/** More of an answer than this is not read. */
const MAX_ANSWER_BYTES = 16 * 1024;
/** A kept connection that the receiver has just closed says nothing about it: the request goes out again at once. */
const MAX_STALE_CONNECTIONS = 2;

/**
 * Posts a webhook. Whatever happens is an answer: this never rejects. A redirect is not followed. The status decides; what
 * comes after it is read only as far as it helps a person.
 */
export async function sendWebhook(request: WebhookRequest, options: SendOptions): Promise<SentWebhook> {
  const startedAt = performance.now();
  const deadline = startedAt + options.timeoutMs;
  for (let stale = 0; ; stale++) {
    const answer = await post(request, options, Math.max(1, deadline - performance.now()));
    if (answer.failure === "stale_connection" && stale < MAX_STALE_CONNECTIONS) continue;
    return toSent(answer, Math.round(performance.now() - startedAt), options.now ?? Date.now);
  }
}

interface RawAnswer {
  failure: WebhookFailure | "stale_connection" | null;
  status: number | null;
  retryAfter: string | undefined;
  body: Buffer;
}

function post({ url, headers, body }: WebhookRequest, { agents }: SendOptions, timeoutMs: number): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let response: http.IncomingMessage | undefined;
    const chunks: Buffer[] = [];
    const end = (failure: RawAnswer["failure"]) => {
      clearTimeout(timer);
      // Where all has come, the connection is left for the next delivery.
      if (!response?.complete) request?.destroy();
      const status = response?.statusCode ?? null;
      const retryAfter = response?.headers["retry-after"];
      resolve({ failure: status === null ? failure : null, status, retryAfter, body: Buffer.concat(chunks) });
    };
    const timer = setTimeout(() => end("timeout"), timeoutMs);
    let request: http.ClientRequest | undefined;
    try {
      const target = new URL(url);
      const isPlain = target.protocol === "http:";
      agents.checkHost(target.hostname);
      const agent = isPlain ? agents.http : agents.https;
      request = (isPlain ? http : https).request(target, { method: "POST", headers, agent });
    } catch (error) {
      return end(failureOf(error as Error));
    }
    request.on("error", (error) => end(request?.reusedSocket ? "stale_connection" : failureOf(error)));
    // Without a listener Node would end such a connection and say nothing.
    request.on("upgrade", (_received, socket) => {
      socket.destroy();
      end("answer_unreadable");
    });
    request.on("response", (received) => {
      response = received;
      readBody(received, chunks, () => end(null));
    });
    request.end(body);
  });
}

function readBody(response: http.IncomingMessage, chunks: Buffer[], done: () => void): void {
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > MAX_ANSWER_BYTES) response.destroy();
  });
  response.on("error", () => {});
  response.on("close", done);
}

function toSent({ failure, status, retryAfter, body }: RawAnswer, durationMs: number, now: () => number): SentWebhook {
  if (status === null) {
    const code = failure === null || failure === "stale_connection" ? "connection_failed" : failure;
    return { outcome: { kind: "failed", code, retryAfterMs: null }, httpStatus: null, response: null, durationMs };
  }
  const outcome = judgeWebhookAnswer(status, retryAfter, now());
  return { outcome, httpStatus: status, response: excerptOf(body), durationMs };
}

/** Codes of TLS, of its certificates, and of a server that does not speak it. */
const TLS_CODES = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA)/;

function failureOf(error: NodeJS.ErrnoException): WebhookFailure {
  if (error instanceof ConnectionRefusal) return error.code;
  const code = error.code ?? "";
  if (TLS_CODES.test(code)) return "tls_failed";
  return code.startsWith("HPE_") ? "answer_unreadable" : "connection_failed";
}
