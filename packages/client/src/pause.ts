const FIRST_MS = 250;
const LONGEST_MS = 5000;

/** How long to wait after so many failures in a row: twice as long each time, up to 5 s, and spread, so that not all come back at once. */
export function backoffMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** failures, LONGEST_MS) * (0.5 + Math.random() / 2);
}

/** What a browser has and Node has not. */
type EventSourceOfPage = Pick<EventTarget, "addEventListener" | "removeEventListener">;

/**
 * Waits, in a browser no longer than until it is online again.
 *
 * @throws the signal's reason, as soon as it is aborted
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const page = globalThis as unknown as Partial<EventSourceOfPage>;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      page.removeEventListener?.("online", end);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    page.addEventListener?.("online", end);
    signal?.addEventListener("abort", end);
  });
  signal?.throwIfAborted();
}
