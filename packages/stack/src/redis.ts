import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findRedisServer } from "./find-redis-server.ts";
import { findFreePort, releasePort } from "./free-port.ts";
import { createOrphanGuard } from "./orphan-guard.ts";
import { logsDir } from "./stack-home.ts";
import { type ProcessSpec, supervise, untilReady } from "./supervisor.ts";
import { withRedis } from "./with-redis.ts";

export interface RedisOptions {
  /** Where log and data go; throwaway data goes to a temporary folder instead. */
  home: string;
  password: string;
  /** Tried before any other free port. */
  preferredPort?: number | undefined;
  /** For tests: the data is removed at stop or when this process dies. */
  throwaway?: boolean;
  /** Where throwaway data goes; the machine's temporary folder where not said. */
  throwawayBelow?: string | undefined;
  onPid?: ProcessSpec["onPid"];
  onDeath?: ProcessSpec["onDeath"];
  log?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

export interface RunningRedis {
  /** With password. */
  url: string;
  port: number;
  version: string;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a real Redis on 127.0.0.1 only, as a queue needs it: append-only file, nothing evicted. It is started again,
 * same port and data, when it dies.
 *
 * @throws with the ways to get a redis-server where there is none, or with the end of its log when it does not get ready
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const { path, env, version } = await findRedisServer(options);
  const { throwawayBelow = tmpdir() } = options;
  const dataDir = options.throwaway
    ? mkdtempSync(join(throwawayBelow, "payonce-test-redis-"))
    : join(options.home, "redis");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const guard = options.throwaway ? createOrphanGuard([dataDir]) : undefined;
  const port = await findFreePort(options.preferredPort);
  const server = supervise({
    name: "redis",
    command: path,
    // "-" reads more settings from standard input: the password must not show in the process list.
    args: [...settings(port, dataDir), "-"],
    input: `requirepass ${options.password}\n`,
    env: { PATH: process.env.PATH, ...env },
    cwd: dataDir,
    logsDir: logsDir(options.home),
    onPid: (pid) => {
      guard?.watch(pid === undefined ? [] : [pid]);
      options.onPid?.(pid);
    },
    ...(options.onDeath ? { onDeath: options.onDeath } : {}),
  });
  const stop = async () => {
    await server.stop();
    releasePort(port);
    if (options.throwaway) rmSync(dataDir, { recursive: true, force: true });
    guard?.release();
  };
  const url = `redis://:${options.password}@127.0.0.1:${port}`;
  try {
    await untilReady(server, () => answersPing(url), { timeoutMs: 60_000, signal: options.signal });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    port,
    version,
    get pid() {
      return server.pid;
    },
    stop,
  };
}

function settings(port: number, dataDir: string): string[] {
  const values = {
    port: String(port),
    bind: "127.0.0.1",
    "protected-mode": "yes",
    dir: dataDir,
    appendonly: "yes",
    appendfsync: "everysec",
    // An evicted key is a lost job.
    "maxmemory-policy": "noeviction",
    save: "",
    // Some distributions patch their default to another place.
    logfile: "",
    daemonize: "no",
  };
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
}

async function answersPing(url: string): Promise<boolean> {
  try {
    return (await withRedis(url, 2000, (redis) => redis.ping())) === "PONG";
  } catch {
    // Refused, or still loading its append-only file.
    return false;
  }
}
