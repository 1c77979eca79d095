import type { ErrorCode, Problem } from "@payonce/domain";

/** What can go wrong without an answer of Payonce's own. */
export type ConnectionErrorCode =
  /** No answer came, or none that can be read. What was asked for may have been done. */
  | "no_answer"
  /** Something between here and Payonce answered in its place. */
  | "unexpected_answer";

/** Every failure of a call. What was canceled by an `AbortSignal` fails with the signal's reason instead. */
export class PayonceError extends Error {
  readonly code: ErrorCode | ConnectionErrorCode;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** True when the same call may succeed later. With the same idempotency key it is always safe. */
  readonly retryable: boolean;
  /** The field, header or parameter at fault; null where there is none. */
  readonly param: string | null;
  /** Names the request in Payonce's log; null where no answer came. */
  readonly requestId: string | null;
  /** So long the server wants to be left alone, in milliseconds; null where it has not said. */
  readonly retryAfterMs: number | null;
  /** All of the answer: `payment`, for example, is the path of the payment in the way. */
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null, headers?: Headers) {
    super(problem?.detail ?? (status ? `An answer ${status} that is not Payonce's` : "No answer came"));
    this.name = "PayonceError";
    this.code = problem?.code ?? (status ? "unexpected_answer" : "no_answer");
    this.status = status;
    this.retryable = !status || RETRIED.includes(status);
    this.param = problem?.param ?? null;
    this.requestId = problem?.request_id ?? headers?.get("request-id") ?? null;
    this.retryAfterMs = readRetryAfterMs(headers?.get("retry-after") ?? "");
    this.problem = problem;
  }
}

/** The same request may get through later. Every other 4xx would be answered the same for ever. */
const RETRIED = [408, 429, 500, 502, 503, 504];

/** Seconds, or a date. */
function readRetryAfterMs(header: string): number | null {
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms >= 0 ? ms : null;
}
