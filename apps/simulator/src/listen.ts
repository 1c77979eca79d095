import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Simulator } from "./simulator.ts";

/** What a request may still take once the simulator is told to stop: hung ones would take for ever. */
const CLOSE_GRACE_MS = 300;

/** Longer than an HTTP client keeps a socket idle. Else its next request can meet a socket we just closed. */
const KEEP_ALIVE_MS = 75_000;

export type Listening = {
  readonly url: string;
  /** Stops taking requests, cuts off those still hanging after a moment, and closes the simulator. */
  close(): Promise<void>;
};

/** Starts serving. Port 0 takes a free one. Rejects where the address cannot be listened on. */
export async function listen(simulator: Simulator, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, simulator.app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
  const { address, family, port: actualPort } = server.address() as AddressInfo;

  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${actualPort}`,
    async close() {
      simulator.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      await closed;
      clearTimeout(cutOff);
      simulator.close();
    },
  };
}
