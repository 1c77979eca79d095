import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { listen } from "./listen.ts";
import { createTestDatabase } from "./testing.ts";

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>;
const closers: (() => Promise<unknown> | unknown)[] = [];
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => testDatabase.drop());

/** Listens, and writes down what it is told, in its order. */
function start(url: string, channel = "news") {
  const told: string[] = [];
  const { close } = listen(url, channel, {
    applicationName: "test-listen",
    onHearing: () => told.push("hearing"),
    onNotify: () => told.push("notified"),
    onLost: () => told.push("lost"),
  });
  closers.push(close);
  return { told, close };
}

async function told(listener: { told: string[] }, expected: string[]): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (listener.told.length < expected.length && performance.now() < deadline) await delay(5);
  expect(listener.told).toEqual(expected);
}

/** In front of Postgres: does with each connection what it is told to. */
async function startProxy(take: (socket: Socket, forward: () => void) => void): Promise<string> {
  const to = new URL(testDatabase.url);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    take(socket, () => {
      const postgres = connect(Number(to.port), to.hostname).on("error", () => {});
      sockets.add(postgres);
      socket.pipe(postgres).pipe(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return Object.assign(new URL(testDatabase.url), { host: `127.0.0.1:${(server.address() as AddressInfo).port}` }).href;
}

const notify = (channel: string) => testDatabase.db.pool.query("SELECT pg_notify($1, '')", [channel]);

test("hears what is sent on its channel, and nothing of others", async () => {
  const listener = start(testDatabase.url, "Some news");
  await told(listener, ["hearing"]);
  await notify("some news");
  await notify("Some news");
  await notify("Some news");
  await told(listener, ["hearing", "notified", "notified"]);
});

test("a connection that the server ends is lost, and made anew", async () => {
  const listener = start(testDatabase.url);
  await told(listener, ["hearing"]);
  await testDatabase.db.pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-listen' AND datname = current_database()",
  );
  await told(listener, ["hearing", "lost", "hearing"]);
  await notify("news");
  await told(listener, ["hearing", "lost", "hearing", "notified"]);
});

test("an outage is told of once, however many vain tries it takes", async () => {
  let connections = 0;
  const url = await startProxy((socket, forward) => {
    connections += 1;
    if (connections <= 2) socket.destroy();
    else forward();
  });
  await told(start(url), ["lost", "hearing"]);
  expect(connections).toBe(3);
});

test("closing is no outage, and does not wait for a server that hangs", async () => {
  let hang = () => {};
  const url = await startProxy((socket, forward) => {
    forward();
    hang = () => socket.unpipe().pause();
  });
  const listener = start(url);
  await told(listener, ["hearing"]);
  hang();
  await listener.close();
  expect(listener.told).toEqual(["hearing"]);
});
