import type { Problem } from "@payonce/domain";
import { backoffMs, pause } from "./pause.ts";
import { PayonceError } from "./payonce-error.ts";

export interface ConnectionOptions {
  /** `pk_…` in web pages, `sk_…` on servers. */
  key: string;
  /** Where Payonce is, such as `https://pay.example.com`. */
  baseUrl: string;
  /** To be used instead of the global one. */
  fetch?: typeof fetch;
}

export interface CallOptions {
  /** Gives up at once. What has been sent may take effect all the same. */
  signal?: AbortSignal | undefined;
  /** Gives up after so long, retries included; 60 s where not said. */
  timeoutMs?: number | undefined;
}

export interface Call extends CallOptions {
  /** GET where not said. */
  method?: "POST";
  path: string;
  /** JSON. */
  body?: string | undefined;
  headers?: Record<string, string> | undefined;
}

/** Reads an answer. `extend` moves the moment at which the try is given up to so many milliseconds from now. */
type Read<T> = (response: Response, extend: (ms: number) => void) => Promise<T>;

export interface Connection {
  /**
   * Sends a call once, and gives up after `timeoutMs`.
   *
   * @throws PayonceError, or the signal's reason
   */
  sendOnce<T>(call: Call, read: Read<T>): Promise<T>;
  /**
   * Sends a call until it has an answer. What failed and may be sent again is, as it was, until the time is over.
   *
   * @throws PayonceError, or the signal's reason
   */
  send<T>(call: Call): Promise<T>;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** A connection can be dead without anyone noticing: one try gets no more than this of the time there is. */
const ONE_TRY_MS = 15_000;

export function createConnection({ key, baseUrl, fetch: ownFetch }: ConnectionOptions): Connection {
  const sendOnce: Connection["sendOnce"] = async ({ method, path, body, headers, signal, timeoutMs }, read) => {
    signal?.throwIfAborted();
    const ended = new AbortController();
    const end = () => ended.abort();
    signal?.addEventListener("abort", end);
    let timer = setTimeout(end, timeoutMs);
    const extend = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(end, ms);
    };
    try {
      const response = await (ownFetch ?? fetch)(baseUrl.replace(/\/+$/, "") + path, {
        ...(method && { method }),
        ...(body !== undefined && { body }),
        headers: { Authorization: `Bearer ${key}`, ...(body && { "Content-Type": "application/json" }), ...headers },
        signal: ended.signal,
      });
      const { status } = response;
      if (!response.ok && status !== 304) throw new PayonceError(status, await readProblem(response), response.headers);
      return await read(response, extend);
    } catch (error) {
      signal?.throwIfAborted();
      // Nothing was heard, or half of it, or something else: what was asked for may have been done.
      throw error instanceof PayonceError ? error : new PayonceError(0, null);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      // Whatever was not read.
      end();
    }
  };

  return {
    sendOnce,
    async send<T>({ timeoutMs = DEFAULT_TIMEOUT_MS, ...call }: Call) {
      const deadline = performance.now() + timeoutMs;
      for (let failures = 0; ; failures++) {
        const leftMs = deadline - performance.now();
        try {
          return await sendOnce({ ...call, timeoutMs: Math.min(leftMs, ONE_TRY_MS) }, readResource<T>);
        } catch (error) {
          if (!(error instanceof PayonceError && error.retryable)) throw error;
          const waitMs = Math.max(backoffMs(failures), error.retryAfterMs ?? 0);
          if (performance.now() + waitMs >= deadline) throw error;
          await pause(waitMs, call.signal);
        }
      }
    },
  };
}

async function readProblem(response: Response): Promise<Problem | null> {
  const problem = (await response.json().catch(() => null)) as Problem | null;
  return typeof problem?.code === "string" ? problem : null;
}

/** Whatever Payonce answers with says what it is. A page of a proxy or of a Wi-Fi does not, whatever its status. */
export async function readResource<T>(response: Response): Promise<T> {
  const resource = (await response.json()) as (T & { object?: unknown }) | null;
  if (typeof resource?.object !== "string") throw new PayonceError(0, null);
  return resource;
}
