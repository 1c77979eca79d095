import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { findFreePort, releasePort } from "./free-port.ts";

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));

async function listenOnFreePort(host: string): Promise<number> {
  const port = await findFreePort();
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  releasePort(port);
  return port;
}

describe("findFreePort", () => {
  test("gives the first preferred port that is free", async () => {
    const taken = await listenOnFreePort("127.0.0.1");
    const free = await findFreePort();
    releasePort(free);
    expect(await findFreePort(taken, undefined, free)).toBe(free);
  });

  test.each(["127.0.0.1", "0.0.0.0"])("passes over a port on which another program listens at %s", async (host) => {
    const taken = await listenOnFreePort(host);
    expect(await findFreePort(taken)).not.toBe(taken);
  });

  test("never promises one port twice", async () => {
    const ports = await Promise.all(Array.from({ length: 40 }, () => findFreePort()));
    expect(new Set(ports).size).toBe(40);
  });

  test("stays below the ports that systems give to outgoing connections", async () => {
    const port = await findFreePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
  });
});
