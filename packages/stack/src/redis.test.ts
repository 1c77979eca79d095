import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { checkRedis } from "./check-redis.ts";
import { processIdentity, programOf } from "./process-identity.ts";
import { type RunningRedis, startRedis } from "./redis.ts";
import { waitUntil } from "./wait-until.ts";
import { withRedis } from "./with-redis.ts";

function command(url: string, name: string, ...args: string[]): Promise<unknown> {
  return withRedis(url, 5000, (redis) => redis.call(name, ...args));
}

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "payonce-stack-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("Redis", () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis({ home, password: "secret", throwaway: true });
  }, 120_000);
  afterAll(() => redis.stop());

  test("keeps an append-only file and evicts nothing", async () => {
    expect(await checkRedis(redis.url)).toEqual([]);
    expect(await command(redis.url, "CONFIG", "GET", "bind")).toEqual(["bind", "127.0.0.1"]);
  });

  test("asks for the password, which the process list does not show", async () => {
    await expect(command(redis.url.replace("secret", "guess"), "PING")).rejects.toThrow();
    expect(programOf(redis.pid as number)).not.toContain("secret");
  });

  test("is back on the same port with what it held after a SIGKILL", async () => {
    await command(redis.url, "SET", "kept", "42");
    const killed = redis.pid as number;
    process.kill(killed, "SIGKILL");
    const answer = await waitUntil("Redis to be back", () => command(redis.url, "GET", "kept").catch(() => undefined), {
      timeoutMs: 20_000,
    });
    expect(answer).toBe("42");
    expect(redis.pid).not.toBe(killed);
  }, 30_000);

  test("tells what is wrong with a Redis that may drop jobs", async () => {
    await command(redis.url, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    await command(redis.url, "CONFIG", "SET", "appendonly", "no");
    expect(await checkRedis(redis.url)).toEqual([
      expect.stringContaining("maxmemory-policy is allkeys-lru"),
      expect.stringContaining("append-only"),
    ]);
  });
});

test("a stopped throwaway Redis leaves neither process nor data", async () => {
  const redis = await startRedis({ home, password: "secret", throwaway: true });
  const pid = redis.pid as number;
  const [, dataDir] = (await command(redis.url, "CONFIG", "GET", "dir")) as [string, string];
  expect(existsSync(dataDir)).toBe(true);
  await redis.stop();
  expect(processIdentity(pid)).toBeUndefined();
  expect(existsSync(dataDir)).toBe(false);
}, 120_000);
