/** What an attempt at a webhook came to. */
export type WebhookOutcome =
  /** The receiver has it. */
  | { kind: "delivered" }
  /** The receiver says that it will never take any again. */
  | { kind: "gone" }
  /** Anything else: tried again. `code` is for people and programs; null for an answer whose status says it all. */
  | { kind: "failed"; code: WebhookFailure; retryAfterMs: number | null };

export type WebhookFailure =
  /** A status that is not 2xx. */
  | "http_status"
  /** A 3xx. It is not followed: who may redirect us may choose our target. */
  | "redirect"
  | "timeout"
  | "dns_failed"
  /** The name leads to an address that nothing is sent to: a private or local one. */
  | "address_refused"
  | "connection_failed"
  | "tls_failed"
  | "answer_unreadable"
  /** A fault of ours: nothing was sent, because the signing secret could not be read. */
  | "secret_unreadable";

/** Statuses with which a receiver asks for time. */
const ASKS_FOR_TIME: ReadonlySet<number> = new Set([429, 503]);

/**
 * What a receiver's answer means.
 *
 * @param retryAfter its `Retry-After` header, which counts with 429 and 503 alone
 * @param nowMs for a date in that header
 */
export function judgeWebhookAnswer(status: number, retryAfter: string | undefined, nowMs: number): WebhookOutcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 410) return { kind: "gone" };
  if (status >= 300 && status < 400) return { kind: "failed", code: "redirect", retryAfterMs: null };
  const retryAfterMs = ASKS_FOR_TIME.has(status) ? parseRetryAfterMs(retryAfter, nowMs) : null;
  return { kind: "failed", code: "http_status", retryAfterMs };
}

/** RFC 9110 §10.2.3: seconds, or a date. Null for anything else. */
export function parseRetryAfterMs(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  // Only the form with a weekday and GMT: `Date.parse` alone takes "-1" for a year.
  if (!/^[A-Z][a-z]{2,8},? .{10,40} GMT$/.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
