import { join } from "node:path";
import { compileRedis } from "./compile-redis.ts";
import { findOnPath } from "./find-on-path.ts";
import { runCommand } from "./run-command.ts";
import { repositoryRoot } from "./stack-home.ts";
import { unpackRedisPackage } from "./unpack-redis-package.ts";

/** BullMQ asks for 6.2. */
const oldestVersion = [6, 2] as const;

export interface RedisServer {
  path: string;
  /** What it needs in its environment to find its libraries. */
  env: NodeJS.ProcessEnv;
  version: string;
}

export interface FindRedisOptions {
  /** Kept between runs and shared by all stacks of this clone. */
  cacheDir?: string;
  log?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** A way to come by a redis-server: its path and environment, or undefined where that way is not open. */
export type RedisSource = (
  cacheDir: string,
  options: FindRedisOptions,
) => Promise<Omit<RedisServer, "version"> | undefined>;

const sources: Record<string, RedisSource> = {
  PATH: async () => onPath(),
  "the distribution's package": unpackRedisPackage,
  "redis-memory-server": compileRedis,
};

/**
 * Finds a real redis-server: on PATH, else from the distribution's package (unpacked, not installed), else compiled by
 * redis-memory-server.
 *
 * @throws with the ways to get one when none of these works here
 */
export async function findRedisServer(options: FindRedisOptions = {}): Promise<RedisServer> {
  const cacheDir = options.cacheDir ?? join(repositoryRoot, "node_modules", ".cache", "payonce", "redis");
  const failures: string[] = [];
  for (const [name, source] of Object.entries(sources)) {
    try {
      const found = await source(cacheDir, options);
      if (found) return { ...found, version: await usableVersion(found) };
    } catch (error) {
      options.signal?.throwIfAborted();
      failures.push(`  ${name}: ${(error as Error).message.split("\n").slice(0, 3).join(" ")}`);
    }
  }
  throw new Error(noRedisMessage(failures));
}

function noRedisMessage(failures: string[]): string {
  return [
    "Payonce needs a redis-server and found none. Any one of these will do:",
    "  macOS            brew install redis",
    "  Debian, Ubuntu   sudo apt-get install redis-server",
    "  Fedora           sudo dnf install redis",
    "  elsewhere        set REDIS_URL to a Redis that is already running, e.g. redis://127.0.0.1:6379",
    ...(failures.length === 0 ? [] : ["What was tried:", ...failures]),
  ].join("\n");
}

function onPath(): { path: string; env: NodeJS.ProcessEnv } | undefined {
  const path = findOnPath("redis-server", process.env.PATH ?? "");
  return path === undefined ? undefined : { path, env: {} };
}

async function usableVersion({ path, env }: Omit<RedisServer, "version">): Promise<string> {
  const said = await runCommand(path, ["--version"], { timeoutMs: 10_000, env: { ...process.env, ...env } });
  const version = /v=(\d+)\.(\d+)(\.\d+)?/.exec(said);
  if (!version) throw new Error(`${path} does not tell its version: ${said.trim()}`);
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1])) {
    throw new Error(`${path} is ${major}.${minor}, older than ${oldestVersion.join(".")}`);
  }
  return version[0].slice(2);
}
