import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, createOrphanGuard, startPostgres, startRedis } from "@payonce/stack";
import { Redis } from "ioredis";
import pg from "pg";
import type { Contestant } from "./contestants/contestant.ts";
import { startGenerator } from "./load/start-generator.ts";
import { startProvider } from "./provider/start-provider.ts";
import { createVisit, type Visit } from "./visit.ts";

const password = "benchmark";

export interface ArenaOptions {
  signal: AbortSignal;
  /** False for tests: Postgres then does not wait for the disk, and the figures mean nothing. */
  isDurable?: boolean;
}

/** One Postgres, one Redis and one load generator, which the contestants use one after the other. */
export interface Arena {
  /** Starts a contestant with a provider of its own, on empty stores; runs `work`; stops it. */
  visit<T>(contestant: Contestant, work: (visit: Visit) => Promise<T>): Promise<T>;
  /** Stops all of it, and removes its data. */
  stop(): Promise<void>;
}

/** @throws when a server cannot be started; nothing is left running then */
export async function openArena({ signal, isDurable = true }: ArenaOptions): Promise<Arena> {
  const home = makeHome();
  const guard = createOrphanGuard([home]);
  const alive = new Map<string, number>();
  const onPid = (name: string, pid: number | undefined) => {
    if (pid === undefined) alive.delete(name);
    else alive.set(name, pid);
    guard.watch([...alive.values()]);
  };
  const releases: (() => unknown)[] = [guard.release, () => rmSync(home, { recursive: true, force: true })];
  const stop = () => releaseAll(releases);
  try {
    const server = { home, password, throwaway: !isDurable, signal };
    const postgres = await startPostgres({ ...server, onPid: (pid) => onPid("postgres", pid) });
    releases.push(postgres.stop);
    const redis = await startRedis({ ...server, onPid: (pid) => onPid("redis", pid) });
    releases.push(redis.stop);
    const generator = startGenerator(signal);
    releases.push(generator.stop);
    return {
      stop,
      async visit(contestant, work) {
        const leaves: (() => unknown)[] = [];
        try {
          const deaths: string[] = [];
          const databaseUrl = await createDatabase(postgres.url, `bench_${contestant.name.replaceAll("-", "_")}`);
          const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
          pool.on("error", () => {});
          leaves.push(() => pool.end());
          const client = new Redis(redis.url);
          client.on("error", () => {});
          leaves.push(() => client.disconnect());
          await client.flushdb();
          const provider = await startProvider({ home, onPid, signal });
          leaves.push(provider.stop);
          const surroundings = { home, databaseUrl, redisUrl: redis.url, providerUrl: provider.url, onPid, signal };
          const running = await contestant.start({ ...surroundings, onDeath: (line) => deaths.push(line) });
          leaves.push(running.stop);
          const servers = { postgres: postgres.pid ?? 0, redis: redis.pid ?? 0 };
          return await work(
            createVisit({ contestant, running, provider, pool, redis: client, generator, servers, deaths, signal }),
          );
        } finally {
          await releaseAll(leaves);
        }
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * A folder on a disk: /tmp may be memory, where waiting for the disk takes no time. Others may pass through it, because
 * root's Postgres runs as another user.
 */
function makeHome(): string {
  const home = mkdtempSync(join(existsSync("/var/tmp") ? "/var/tmp" : tmpdir(), "payonce-bench-"));
  chmodSync(home, 0o711);
  return home;
}

async function releaseAll(releases: (() => unknown)[]): Promise<void> {
  for (const release of releases.splice(0).reverse()) {
    try {
      await release();
    } catch (error) {
      // The others must be stopped all the same.
      console.error(error);
    }
  }
}
