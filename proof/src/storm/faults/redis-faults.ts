import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Fault } from "./fault.ts";
import { send } from "./process-faults.ts";

export const redisFaults: readonly Fault[] = [
  {
    name: "redis-flush",
    group: "redis",
    about: "FLUSHALL",
    strike: ({ stack }) => withRedis(stack.redisUrl, async (redis) => `${await redis.flushall()}`),
  },
  {
    name: "redis-pause",
    group: "redis",
    about: "CLIENT PAUSE, for writes or for everything",
    strike: ({ stack, hold }, random) => {
      const [ms, mode] = [random.between(200, 3_000), random.pick(["WRITE", "ALL"])];
      return withRedis(stack.redisUrl, async (redis) => {
        await redis.call("CLIENT", "PAUSE", String(ms), mode);
        await hold(ms);
        return `${mode} for ${ms} ms`;
      });
    },
  },
  {
    name: "redis-kick",
    group: "redis",
    about: "CLIENT KILL for everybody",
    strike: ({ stack }) =>
      withRedis(
        stack.redisUrl,
        async (redis) => `${await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")} clients`,
      ),
  },
  {
    name: "redis-full",
    group: "redis",
    about: "maxmemory reached: every write is refused",
    strike: ({ stack, hold }, random) => {
      const ms = random.between(500, 4_000);
      return withRedis(stack.redisUrl, async (redis) => {
        await redis.config("SET", "maxmemory", "1mb");
        await hold(ms);
        await redis.config("SET", "maxmemory", "0");
        return `for ${ms} ms`;
      });
    },
  },
  {
    name: "redis-kill",
    group: "redis",
    about: "SIGKILL; what was not yet in the append-only file is lost",
    strike: async ({ stack }) => signalRedis(stack.serverPids().redis, "SIGKILL"),
  },
  {
    name: "redis-stop",
    group: "redis",
    about: "SIGSTOP, and SIGCONT up to four seconds later",
    async strike({ stack, hold }, random) {
      const ms = random.between(200, 4_000);
      const { redis: pid } = stack.serverPids();
      if (pid === undefined || !send(pid, "SIGSTOP")) return null;
      await hold(ms);
      send(pid, "SIGCONT");
      return `for ${ms} ms`;
    },
  },
  {
    name: "redis-lose-aof",
    group: "redis",
    about: "SIGKILL, and the append-only file is gone",
    async strike({ stack }) {
      const dir = await readDir(stack.redisUrl);
      if (dir === null) return null;
      rmSync(join(dir, "appendonlydir"), { recursive: true, force: true });
      return signalRedis(stack.serverPids().redis, "SIGKILL");
    },
  },
  {
    name: "redis-failover",
    group: "redis",
    about: "a failover to a replica that lagged by some seconds: Redis comes back as it was then",
    async strike({ stack, hold }, random) {
      const ms = random.between(500, 3_000);
      const dir = await readDir(stack.redisUrl);
      if (dir === null || !existsSync(join(dir, "appendonlydir"))) return null;
      const [now, lagging] = [join(dir, "appendonlydir"), join(dir, "lagging")];
      try {
        cpSync(now, lagging, { recursive: true });
        await hold(ms);
        const { redis: pid } = stack.serverPids();
        if (pid === undefined || !send(pid, "SIGKILL")) return null;
        rmSync(now, { recursive: true, force: true });
        cpSync(lagging, now, { recursive: true });
        return `back by ${ms} ms`;
      } catch {
        // Another fault has taken the folder away meanwhile.
        return null;
      } finally {
        rmSync(lagging, { recursive: true, force: true });
      }
    },
  },
];

async function signalRedis(pid: number | undefined, signal: NodeJS.Signals): Promise<string | null> {
  return pid !== undefined && send(pid, signal) ? `redis ${pid}` : null;
}

async function readDir(url: string): Promise<string | null> {
  const answer = await withRedis(url, (redis) => redis.config("GET", "dir") as Promise<string[]>);
  return answer?.[1] ?? null;
}

/** @returns null when Redis is not to be had */
async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T | null> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 2_000,
    commandTimeout: 8_000,
  });
  redis.on("error", () => {});
  try {
    await redis.connect();
    return await work(redis);
  } catch {
    return null;
  } finally {
    redis.disconnect();
  }
}
