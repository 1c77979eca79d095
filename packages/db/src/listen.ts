import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

const RECONNECT_MS = 500;
const TIMEOUT_MS = 5_000;
const CLOSE_MS = 1_000;

export interface ListenOptions {
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** From now on notifications are heard. What was sent before, while nobody listened, never will be. */
  onHearing?: () => void;
  onNotify: () => void;
  /** From now on nothing is heard, until `onHearing`. Once for each outage, also where the first try to connect fails. */
  onLost?: (error: Error) => void;
}

/**
 * Listens to a channel on a connection of its own, and connects again when that breaks. A peer that vanishes without a word
 * is not noticed for long: what must not be missed needs another way as well.
 */
export function listen(url: string, channel: string, options: ListenOptions): { close(): Promise<void> } {
  const { applicationName, onHearing, onNotify, onLost } = options;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isLost = false;

  const connect = async () => {
    const current = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      keepAlive: true,
    });
    client = current;
    let isOver = false;
    const reconnect = (error = new Error("the connection ended")) => {
      if (isOver || isClosed) return;
      isOver = true;
      current.end().catch(() => {});
      timer = setTimeout(connect, RECONNECT_MS);
      if (!isLost) onLost?.(error);
      isLost = true;
    };
    current.on("error", reconnect);
    current.on("end", () => reconnect());
    current.on("notification", onNotify);
    try {
      await current.connect();
      await current.query(`LISTEN ${current.escapeIdentifier(channel)}`);
    } catch (error) {
      return reconnect(error as Error);
    }
    // It may have broken before this line was reached.
    if (isOver || isClosed) return;
    isLost = false;
    onHearing?.();
  };
  void connect();

  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      // A server that hangs does not say goodbye.
      await Promise.race([client?.end().catch(() => {}), delay(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}
