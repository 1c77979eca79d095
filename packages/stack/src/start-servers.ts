import pg from "pg";
import { checkRedis } from "./check-redis.ts";
import type { StackPorts } from "./ports.ts";
import { startPostgres } from "./postgres.ts";
import type { ProcessRegister } from "./process-register.ts";
import { startRedis } from "./redis.ts";
import type { Secrets } from "./secrets.ts";
import type { StackOptions } from "./start-stack.ts";

type Options = Pick<StackOptions, "home" | "databaseUrl" | "redisUrl" | "throwaway" | "signal"> &
  Required<Pick<StackOptions, "log" | "step">>;

interface Surroundings {
  secrets: Secrets;
  ports: StackPorts;
  register: ProcessRegister;
  /** How to stop what has been started; run from last to first. */
  releases: (() => unknown)[];
}

/** Starts Postgres and Redis side by side, but for those whose url is given: a Redis of the caller's is only checked. */
export async function startServers(
  options: Options,
  surroundings: Surroundings,
): Promise<{ databaseUrl: string; redisUrl: string }> {
  const { databaseUrl, redisUrl, step } = options;
  const title = [
    databaseUrl === undefined ? "Postgres" : "your Postgres",
    redisUrl === undefined ? "Redis" : "your Redis",
  ];
  const start = async () => {
    const starts = [
      databaseUrl === undefined ? startOwnPostgres(options, surroundings) : checkGivenPostgres(databaseUrl),
      redisUrl === undefined ? startOwnRedis(options, surroundings) : checkGivenRedis(redisUrl, options.log),
    ];
    // Both are waited for even when one fails: what gets up late must be stopped as well. Postgres comes first in
    // `releases` and so is stopped last.
    const settled = await Promise.allSettled(starts);
    for (const server of settled) if (server.status === "fulfilled") surroundings.releases.push(server.value.stop);
    return settled.map((server) => {
      if (server.status === "rejected") throw server.reason;
      return server.value.url;
    });
  };
  const [postgres = "", redis = ""] = await step(title.join(" and "), start, (urls) =>
    urls.map((url) => new URL(url).host).join(", "),
  );
  return { databaseUrl: postgres, redisUrl: redis };
}

interface Server {
  url: string;
  stop(): unknown;
}

async function startOwnPostgres(options: Options, { secrets, ports, register }: Surroundings): Promise<Server> {
  const postgres = await startPostgres({
    home: options.home,
    password: secrets.postgresPassword,
    preferredPort: ports.last("postgres"),
    throwaway: options.throwaway ?? false,
    onPid: (pid) => register.set("postgres", 0, pid),
    onDeath: (reason) => options.log(`Postgres died (${reason}); starting it again`),
    log: options.log,
    signal: options.signal,
  });
  ports.keep("postgres", postgres.port);
  return postgres;
}

async function startOwnRedis(options: Options, { secrets, ports, register }: Surroundings): Promise<Server> {
  const redis = await startRedis({
    home: options.home,
    password: secrets.redisPassword,
    preferredPort: ports.last("redis"),
    throwaway: options.throwaway ?? false,
    onPid: (pid) => register.set("redis", 0, pid),
    onDeath: (reason) => options.log(`Redis died (${reason}); starting it again`),
    log: options.log,
    signal: options.signal,
  });
  ports.keep("redis", redis.port);
  return redis;
}

async function checkGivenPostgres(url: string): Promise<Server> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`The Postgres at DATABASE_URL cannot be used: ${(error as Error).message}`);
  } finally {
    await client.end().catch(() => {});
  }
  return { url, stop: () => {} };
}

async function checkGivenRedis(url: string, log: (line: string) => void): Promise<Server> {
  for (const warning of await checkRedis(url)) log(warning);
  return { url, stop: () => {} };
}
