import type { UsedKey } from "./due.ts";
import type { Answer } from "./outcome.ts";

/** An answer kept under an idempotency key, to be replayed to whoever sends the same request again. */
export type StoredAnswer = {
  /** Hash of API key and idempotency key: the journal holds no API key. */
  readonly scope: string;
  readonly fingerprint: string;
  readonly request_id: string;
  readonly status: number;
  readonly body: unknown;
};

export function storedUnder({ scope, fingerprint }: UsedKey, requestId: string, { status, body }: Answer) {
  return { scope, fingerprint, request_id: requestId, status, body } satisfies StoredAnswer;
}
