import type { CallOptions } from "./connection.ts";

/**
 * Lets calls that ask for the same at the same time share one: ten clicks are one request. A caller that gives up leaves the
 * others theirs; when all have, the call is given up.
 */
export function shareCalls<T>(work: (what: string, call: CallOptions) => Promise<T>) {
  const underWay = new Map<string, { promise: Promise<T>; callers: number; ended: AbortController }>();
  return async (what: string, { signal, timeoutMs }: CallOptions): Promise<T> => {
    signal?.throwIfAborted();
    let shared = underWay.get(what);
    if (!shared) {
      const ended = new AbortController();
      const promise = work(what, { signal: ended.signal, timeoutMs }).finally(() => {
        if (underWay.get(what)?.ended === ended) underWay.delete(what);
      });
      shared = { promise, callers: 0, ended };
      underWay.set(what, shared);
    }
    const { promise, ended } = shared;
    shared.callers++;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
      signal?.addEventListener("abort", leave);
    });
    try {
      return await Promise.race([promise, left]);
    } finally {
      if (leave) signal?.removeEventListener("abort", leave);
      if (--shared.callers === 0 && underWay.get(what)?.ended === ended) {
        underWay.delete(what);
        ended.abort();
      }
    }
  };
}
