import { closeSync, openSync, writeSync } from "node:fs";

export type ClientCall = "pay" | "refund" | "cancel" | "read" | "bad_request" | "operate";

/** What a client sent. */
export interface SentRequest {
  /** Which of the storm's visitors sent it. */
  visit: string;
  call: ClientCall;
  merchantId: string;
  url: string;
  idempotencyKey: string | null;
  body: Record<string, unknown> | null;
  /** Of a page's own making; only pages have one. */
  clientSecret?: string | undefined;
}

/** A request in the client log, and what came of it: nothing yet, an answer, or none. */
export interface ClientRequest extends SentRequest {
  n: number;
  sentAt: number;
  answeredAt: number | null;
  status: number | null;
  answer: Record<string, unknown> | null;
  /** Why the client stopped waiting. */
  gaveUp: string | null;
}

/** All that clients sent and were told: written down before it is sent, and when it is answered. Only ever appended to. */
export interface ClientLog {
  readonly requests: readonly ClientRequest[];
  sent(request: SentRequest): number;
  answered(n: number, status: number, answer: Record<string, unknown> | null): void;
  gaveUp(n: number, reason: string): void;
  close(): void;
}

/** @param path a file of JSON lines, for people; the same is kept in memory */
export function openClientLog(path: string): ClientLog {
  const file = openSync(path, "a");
  const requests: ClientRequest[] = [];
  const write = (line: object) => writeSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
  const of = (n: number) => requests[n] as ClientRequest;
  return {
    requests,
    sent(request) {
      const n = requests.length;
      requests.push({
        ...request,
        n,
        sentAt: Date.now(),
        answeredAt: null,
        status: null,
        answer: null,
        gaveUp: null,
      });
      write({ n, sent: request });
      return n;
    },
    answered(n, status, answer) {
      Object.assign(of(n), { answeredAt: Date.now(), status, answer });
      write({ n, status, answer });
    },
    gaveUp(n, reason) {
      Object.assign(of(n), { gaveUp: reason });
      write({ n, gaveUp: reason });
    },
    close: () => closeSync(file),
  };
}
