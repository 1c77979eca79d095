import { once } from "node:events";
import { type AddressInfo, createServer, type Socket, connect as tcpConnect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/**
 * What a link does with what is sent over it. `silent` holds bytes back without a word, in one direction or both: to the two
 * ends it is a half-open connection, and what was held arrives late, even when its sender has left long ago.
 */
export type LinkState =
  | { kind: "open" }
  | { kind: "slow"; delayMs: number }
  | { kind: "silent"; direction: Direction | "both" }
  | { kind: "refusing" };

/** `up` is from the one who connected to the one who listens. */
export type Direction = "up" | "down";

export interface TcpProxy {
  readonly port: number;
  /** Where connections lead from now on; before the first call they are refused. */
  leadTo(port: number): void;
  set(state: LinkState): void;
  /** Tears down all connections with a reset; what was held back is lost. */
  reset(): void;
  close(): Promise<void>;
}

/** How often a lane that is held back looks whether it may go on. */
const POLL_MS = 10;

/** Listens on 127.0.0.1 and leads each connection on, as well or badly as it is told. */
export async function startTcpProxy(): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const link: { state: LinkState; port: number | null } = { state: { kind: "open" }, port: null };
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client);
    if (link.port === null || link.state.kind === "refusing") return void client.resetAndDestroy();
    const upstream = tcpConnect({ port: link.port, host: "127.0.0.1", allowHalfOpen: true });
    keep(upstream);
    carry(client, upstream, "up", () => link.state);
    carry(upstream, client, "down", () => link.state);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(port) {
      link.port = port;
    },
    set(state) {
      link.state = state;
    },
    reset,
    async close() {
      server.close();
      reset();
      await once(server, "close");
    },
  };
}

/** Carries what `from` says to `to`, in order, as the link allows; the end of it, too. */
function carry(from: Socket, to: Socket, direction: Direction, stateOf: () => LinkState): void {
  let tail = Promise.resolve();
  const inTurn = (act: () => void) => {
    tail = tail.then(async () => {
      await untilPassable(direction, stateOf, to);
      if (!to.destroyed) act();
    });
  };
  from.on("data", (chunk) => inTurn(() => void to.write(chunk)));
  from.once("end", () => inTurn(() => void to.end()));
  // A connection that broke: what it had said before still arrives, and then the other end learns of it.
  from.once("close", (hadError) => inTurn(() => (hadError ? to.resetAndDestroy() : to.destroySoon())));
}

async function untilPassable(direction: Direction, stateOf: () => LinkState, to: Socket): Promise<void> {
  const state = stateOf();
  if (state.kind === "slow") await delay(state.delayMs);
  while (!to.destroyed) {
    const now = stateOf();
    if (now.kind !== "silent" || (now.direction !== "both" && now.direction !== direction)) return;
    await delay(POLL_MS);
  }
}
