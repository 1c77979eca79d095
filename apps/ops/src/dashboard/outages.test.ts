import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Agent, startTestOps, type TestOps, until } from "../test-ops.ts";

/** A way to Redis that can be cut, and that can stand still. */
async function openGate() {
  const { hostname, port, username, password } = new URL(process.env.TEST_REDIS_URL ?? "");
  let state: "open" | "cut" | "still" = "open";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    if (state === "cut") return void socket.destroy();
    const redis = connect(Number(port) || 6379, hostname);
    redis.on("error", () => {});
    sockets.add(socket);
    socket.on("data", (bytes) => state === "open" && redis.write(bytes));
    redis.on("data", (bytes) => socket.write(bytes));
    socket.once("close", () => {
      sockets.delete(socket);
      redis.destroy();
    });
    redis.once("close", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const login = username || password ? `${username}:${password}@` : "";
  return {
    url: `redis://${login}127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next: typeof state) {
      state = next;
      if (next === "cut") for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

let gate: Awaited<ReturnType<typeof openGate>>;
let ops: TestOps;
let viewer: Agent;

beforeEach(async () => {
  gate = await openGate();
});
afterEach(async () => {
  await ops?.stop();
  gate.close();
});
const start = async () => {
  ops = await startTestOps({ redisUrl: gate.url });
  viewer = await ops.signIn("viewer");
};

const CLOSED = { status: 503, headers: { "retry-after": "1" } };

async function expectReadable() {
  const page = await viewer.get("/queues/queue/charges");
  expect(page).toMatchObject({ ...CLOSED, type: "text/html" });
  expect(page.text).toContain("The queues cannot be read at the moment");
  const api = await viewer.get("/queues/api/queues");
  expect(api).toMatchObject({ ...CLOSED, type: "application/problem+json" });
  // The last two are what bull-board's user interface shows.
  const { title, detail } = api.body;
  expect(api.body).toMatchObject({ code: "queues_unavailable", retryable: true, error: title, message: detail });
  expect(`${page.text}${api.text}`).not.toMatch(/ECONN|127\.0\.0\.1|ioredis|bullmq|enableOfflineQueue/i);
}

const expectBack = () => until(async () => (await viewer.get("/queues/api/queues")).status === 200);

describe("while Redis is away", () => {
  test("since before the start, the dashboard says so, and works once it is there", async () => {
    gate.set("cut");
    await start();
    await expectReadable();
    gate.set("open");
    await expectBack();
    await viewer.get("/queues/").expect(200);
  });

  test("all of a sudden, the dashboard says so, and works once it is back", async () => {
    await start();
    await expectBack();
    gate.set("cut");
    await until(() => ops.redis.status !== "ready");
    await expectReadable();
    gate.set("open");
    await expectBack();
  });

  test("or stands still, the dashboard says so instead of waiting", async () => {
    await start();
    await expectBack();
    gate.set("still");
    await expectReadable();
    // What was sent to it is lost with the connection.
    gate.set("cut");
    gate.set("open");
    await expectBack();
  });
});
