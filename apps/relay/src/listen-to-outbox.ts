import type { Logger } from "@payonce/service";
import pg from "pg";

const RECONNECT_MS = 500;

/** Calls `onNotify` for each notification on `outbox`; connects again when the connection breaks. */
export function listenToOutbox(url: string, { onNotify, logger }: { onNotify: () => void; logger: Logger }) {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const connect = async () => {
    client = new pg.Client({
      connectionString: url,
      application_name: "payonce-relay-listen",
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    let isOver = false;
    const reconnect = () => {
      if (isOver || isClosed) return;
      isOver = true;
      client?.end().catch(() => {});
      timer = setTimeout(connect, RECONNECT_MS);
    };
    client.on("error", reconnect);
    client.on("end", reconnect);
    client.on("notification", onNotify);
    try {
      await client.connect();
      await client.query("LISTEN outbox");
      // Whatever was committed while nobody listened.
      onNotify();
    } catch {
      logger.debug("cannot listen to the outbox yet");
      reconnect();
    }
  };
  void connect();

  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
