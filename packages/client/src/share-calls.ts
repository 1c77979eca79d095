import type { CallOptions } from "./connection.ts";

interface SharedCall<T> {
  what: string;
  promise: Promise<T>;
  callers: number;
  ended: AbortController;
  /** What was asked for instead, before this had an answer. */
  successor?: SharedCall<T>;
}

/**
 * Lets calls that ask for the same at the same time share one: ten clicks are one request. A caller that gives up leaves the
 * others theirs; when all have, the call is given up. When something else is asked for, what was asked for before is sent no
 * more, and its callers get the later answer: a customer who has chosen another card does not want the first one charged.
 */
export function shareCalls<T>(work: (what: string, call: CallOptions) => Promise<T>) {
  let current: SharedCall<T> | undefined;

  const begin = (what: string, timeoutMs: number | undefined): SharedCall<T> => {
    const previous = current;
    previous?.ended.abort();
    const ended = new AbortController();
    const promise = work(what, { signal: ended.signal, timeoutMs })
      .catch((error) => {
        if (call.successor) return call.successor.promise;
        throw error;
      })
      .finally(() => {
        if (current === call) current = undefined;
      });
    const call: SharedCall<T> = { what, promise, callers: 0, ended };
    if (previous) previous.successor = call;
    return call;
  };

  return async (what: string, { signal, timeoutMs }: CallOptions): Promise<T> => {
    signal?.throwIfAborted();
    if (current?.what !== what) current = begin(what, timeoutMs);
    const call = current;
    call.callers++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
      signal?.addEventListener("abort", leave);
    });
    try {
      return await Promise.race([call.promise, left]);
    } finally {
      signal?.removeEventListener("abort", leave);
      if (--call.callers === 0 && current === call) {
        current = undefined;
        call.ended.abort();
      }
    }
  };
}
