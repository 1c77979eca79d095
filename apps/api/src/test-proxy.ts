import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands before a server and can cut it off, as if it had died, and bring it back. */
export async function startProxy(targetUrl: string) {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let isUp = true;
  let connections = 0;
  const server = createServer((client) => {
    if (!isUp) return client.destroy();
    connections += 1;
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    isUp = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: Object.assign(new URL(targetUrl), { hostname: "127.0.0.1", port: String(port) }).href,
    /** How many have been made, until now. */
    connections: () => connections,
    cut,
    /** From now on nothing comes through, and nobody is told. */
    hang() {
      for (const socket of sockets) socket.pause();
    },
    restore() {
      isUp = true;
    },
    close() {
      cut();
      server.close();
    },
  };
}
