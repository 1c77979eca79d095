import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "@payonce/stack";
import type { Redis } from "ioredis";
import type pg from "pg";
import type { Books, Contestant, RunningContestant } from "./contestants/contestant.ts";
import type { LoadOrder, LoadReport } from "./load/load-order.ts";
import type { Generator } from "./load/start-generator.ts";
import { readCpuMs } from "./measure/process-usage.ts";
import { type MemorySampler, sampleMemory } from "./measure/sample-memory.ts";
import type { RunningProvider } from "./provider/start-provider.ts";

export interface VisitParts {
  contestant: Contestant;
  running: RunningContestant;
  provider: RunningProvider;
  pool: pg.Pool;
  redis: Redis;
  generator: Generator;
  servers: { postgres: number; redis: number };
  deaths: string[];
  signal: AbortSignal;
}

type WithoutTarget<Order> = Order extends unknown ? Omit<Order, "target" | "keyPrefix"> : never;

/** A contestant while it runs, with what can be done to it and read from it. */
export interface Visit extends Pick<VisitParts, "contestant" | "provider" | "pool" | "redis" | "deaths"> {
  /** Sends load to it, each payment another one. */
  send(order: WithoutTarget<LoadOrder>): Promise<LoadReport>;
  /** Empties tables, queues and the provider, and has Postgres write what it has in memory: each phase starts alike. */
  reset(): Promise<void>;
  /** Runs `work` while some of its processes are stopped; those that do not answer requests where none are named. */
  without<T>(names: readonly string[] | "workers", work: () => Promise<T>): Promise<T>;
  /** Waits until so many payments are settled, as `countStatement` counts them; all of the table where not said. */
  untilSettled(count: number, countStatement?: string): Promise<void>;
  /** CPU used so far, in milliseconds, by process; Postgres with all its children. */
  cpuMs(): Record<string, number>;
  /** Bytes in the database's files and in Redis. */
  storedBytes(): Promise<{ postgres: number; redis: number }>;
  watchMemory(): MemorySampler;
}

/** What settling may take at the least rate that is worth measuring. */
const slowestPerSecond = 25;
const patienceMs = 60_000;

let prefixes = 0;

export function createVisit(parts: VisitParts): Visit {
  const { contestant, running, provider, pool, redis, generator, servers, signal } = parts;
  const processes = () => ({ ...running.pids(), provider: provider.pid, generator: generator.pid });
  const workerPids = () => Object.values(running.pids()).slice(1);
  const kill = (pids: number[], name: NodeJS.Signals) => {
    for (const pid of pids) process.kill(pid, name);
  };

  async function countSettled(statement: string): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(statement);
    return rows[0]?.count ?? 0;
  }

  async function reset(): Promise<void> {
    if (contestant.books) {
      await truncate(pool, contestant.books.reset);
      await pool.query("CHECKPOINT");
      await redis.flushdb();
    }
    await provider.forget();
  }

  return {
    ...parts,
    reset,
    send(order) {
      prefixes += 1;
      const keyPrefix = `${process.pid}-${prefixes}`;
      return generator.send({ ...order, target: running.target, keyPrefix } as LoadOrder);
    },
    async without(names, work) {
      const stopped = names === "workers" ? workerPids() : names.flatMap((name) => running.pids()[name] ?? []);
      kill(stopped, "SIGSTOP");
      try {
        return await work();
      } finally {
        kill(stopped, "SIGCONT");
      }
    },
    async untilSettled(count, countStatement = booksOf(contestant).countSettled) {
      const timeoutMs = patienceMs + (count / slowestPerSecond) * 1_000;
      // The provider is asked first, because counting rows costs Postgres more the more there are.
      const isCharged = async () => (await provider.countCharges()) >= count;
      await waitUntil(`${contestant.name} to charge ${count} payments`, isCharged, { timeoutMs, pollMs: 50, signal });
      const isSettled = async () => (await countSettled(countStatement)) >= count;
      await waitUntil(`${contestant.name} to settle ${count} payments`, isSettled, { timeoutMs, pollMs: 50, signal });
      // What follows a settled payment (its job's end, its events) belongs to its price.
      await delay(500, undefined, { signal });
    },
    cpuMs: () => ({
      ...Object.fromEntries(Object.entries(processes()).map(([name, pid]) => [name, readCpuMs(pid)])),
      postgres: readCpuMs(servers.postgres, true),
      redis: readCpuMs(servers.redis),
    }),
    async storedBytes() {
      const { rows } = await pool.query<{ bytes: string }>("SELECT pg_database_size(current_database()) AS bytes");
      const used = /^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1];
      return { postgres: Number(rows[0]?.bytes), redis: Number(used) };
    },
    watchMemory: () => sampleMemory(() => ({ ...running.pids(), redis: servers.redis }), servers.postgres),
  };
}

export function booksOf({ name, books }: Contestant): Books {
  if (!books) throw new Error(`${name} stores nothing`);
  return books;
}

const LOCK_NOT_AVAILABLE = "55P03";

/** A process that is stopped in the middle of a transaction may hold a lock: then it is tried once more, briefly. */
async function truncate(pool: pg.Pool, statement: string): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      await pool.query(`SET lock_timeout = '3s'; ${statement}; RESET lock_timeout`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE || round === 3) throw error;
    }
  }
}
