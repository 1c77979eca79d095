import { pause } from "./pause.ts";

/** One try to pay for an order: what has to stay the same however often it is sent. */
export interface Attempt {
  /** Of the order: every attempt has the same, so that each of them may see the payment that stands in its way. */
  secret: string;
  /** Of this attempt. */
  key: string;
  /** The request as it was sent first. */
  body: string;
  /** The payment that it led to; undefined until an answer has come. */
  id?: string;
}

/** What is needed of `localStorage`. */
export interface AttemptStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

export interface AttemptKeeper {
  read(): Attempt | undefined;
  write(attempt: Attempt): void;
  /** Reads and writes while no other tab does; answers what is kept then, which may be another tab's. */
  change(make: (kept: Attempt | undefined) => Attempt): Promise<Attempt>;
  forget(): void;
}

interface Page {
  localStorage?: AttemptStorage;
  navigator?: {
    locks?: { request(name: string, options: { signal: AbortSignal }, work: () => void): Promise<void> };
  };
}

const LOCK_LIMIT_MS = 1000;
const WRITE_SETTLES_MS = 25;

/**
 * Keeps an order's attempt where every tab of the browser finds it, also after a reload. The copy in memory serves where
 * there is no storage, where it is full, and when it is emptied in the middle of a payment.
 */
export function keepAttempt(order: string, ownStorage: AttemptStorage | undefined): AttemptKeeper {
  const name = `payonce:${order}`;
  const page = globalThis as Page;
  let storage = ownStorage;
  let memory: Attempt | undefined;
  try {
    // In a browser that refuses it the mere look throws.
    storage ??= page.localStorage;
  } catch {}

  const read = () => {
    try {
      const kept = JSON.parse(storage?.getItem(name) ?? "null");
      if (kept?.secret && kept.key && kept.body) memory = kept;
    } catch {}
    return memory;
  };
  const write = (attempt: Attempt) => {
    memory = attempt;
    try {
      storage?.setItem(name, JSON.stringify(attempt));
    } catch {
      // It is full. What is in there is older than what is in memory from now on.
      storage = undefined;
    }
  };

  return {
    read,
    write,
    async change(make) {
      const work = () => write(make(read()));
      const { locks } = page.navigator ?? {};
      const isAlone = locks
        ?.request(name, { signal: AbortSignal.timeout(LOCK_LIMIT_MS) }, work)
        .then(() => true)
        .catch(() => false);
      if (!(await isAlone)) {
        // Not a secure page, or an old browser. Of two tabs that write at once, the later one is right for both.
        work();
        await pause(WRITE_SETTLES_MS);
      }
      return read() as Attempt;
    },
    forget() {
      memory = undefined;
      try {
        storage?.removeItem(name);
      } catch {}
    },
  };
}
