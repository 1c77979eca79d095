import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Redis } from "ioredis";
import { createLogger } from "./logger.ts";
import { connectRedisForPublishing, connectRedisForReading } from "./redis.ts";

const SILENCE_MS = 600;
const logger = createLogger("test", "silent");
const target = new URL(process.env.TEST_REDIS_URL ?? "");
let url: string;
let connections: Socket[];
let isHanging: boolean;
const closers: (() => unknown)[] = [];

/** Between the two ends stands what can swallow all that comes, as a network does whose other side has vanished. */
beforeEach(async () => {
  connections = [];
  isHanging = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("data", (chunk) => isHanging || to.write(chunk));
      from.on("error", () => {}).on("close", () => to.destroy());
    }
    connections.push(client, upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = Object.assign(new URL(target), { host: `127.0.0.1:${(server.address() as AddressInfo).port}` }).href;
  closers.push(() => server.close());
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
  for (const socket of connections) socket.destroy();
});

async function connected(redis: Redis): Promise<Redis> {
  closers.unshift(() => redis.disconnect());
  if (redis.status !== "ready") await once(redis, "ready");
  return redis;
}

describe("a connection to a Redis that vanishes without a word", () => {
  test("for reading is made anew, and what was asked for is asked for again", async () => {
    const redis = await connected(connectRedisForReading(url, logger, SILENCE_MS));
    const key = `test-${randomBytes(6).toString("hex")}`;
    isHanging = true;
    const popped = redis.blpop(key, 0.1);
    await new Promise((resolve) => redis.once("close", resolve));
    isHanging = false;
    expect(await popped).toBeNull();
    expect(connections).toHaveLength(4);
  });

  test("for publishing fails what was sent, and is made anew", async () => {
    const redis = await connected(connectRedisForPublishing(url, logger, SILENCE_MS));
    isHanging = true;
    await expect(redis.get("x")).rejects.toThrow();
    isHanging = false;
    await new Promise((resolve) => redis.once("ready", resolve));
    expect(await redis.ping()).toBe("PONG");
  });

  test("stays when it is merely idle, and when Redis takes as long as it was asked to", async () => {
    const redis = await connected(connectRedisForReading(url, logger, SILENCE_MS));
    for (let i = 0; i < 3; i++) expect(await redis.blpop(`test-${randomBytes(6).toString("hex")}`, 0.2)).toBeNull();
    expect(connections).toHaveLength(2);
  });
});
