import { connectDatabase } from "@payonce/db";
import { type PostgresFacts, readPostgresFacts } from "@payonce/db/operations";
import { Redis } from "ioredis";
import type pg from "pg";
import { Unchecked } from "./check.ts";

export interface PatientOptions {
  databaseUrl: string;
  redisUrl: string;
  /** For one answer. */
  limitMs: number;
  /** This machine's clock, in ms since 1970. */
  now?: () => number;
}

/** What was read, and when it was asked and answered by this machine's clock, in ms since 1970. */
export interface Timed<T> {
  value: T;
  askedAt: number;
  answeredAt: number;
}

/** The system under examination. Each part is asked once; checks that need it wait for the same answer. */
export interface Patient {
  /** Rejects with the reason when Postgres does not answer. */
  postgres: Promise<Timed<PostgresFacts>>;
  /** Its INFO, by name. Rejects with the reason when Redis does not answer. */
  redis: Promise<Timed<{ info: Map<string, string>; at: number }>>;
  /** For a check that asks more of Redis; throws Unchecked when that cannot be asked at all. */
  askRedis<T>(ask: (redis: Redis) => Promise<T>): Promise<T>;
  /** For a check that asks more of Postgres; throws Unchecked when that cannot be asked at all. */
  pool(): Promise<pg.Pool>;
  close(): Promise<void>;
}

export function examine({ databaseUrl, redisUrl, limitMs, now = Date.now }: PatientOptions): Patient {
  const database = connectDatabase({
    url: databaseUrl,
    applicationName: "payonce-cli",
    maxConnections: 4,
    statementTimeoutMs: limitMs,
  });
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: limitMs,
    commandTimeout: limitMs,
  });
  const timed = async <T>(ask: () => Promise<T>): Promise<Timed<T>> => {
    const askedAt = now();
    const value = await ask();
    return { value, askedAt, answeredAt: now() };
  };
  // Connecting is no part of the round trip that a clock is compared over.
  const askPostgres = async () => {
    await database.pool.query("SELECT 1");
    return timed(() => readPostgresFacts(database.pool));
  };
  const askRedis = async () => {
    await connect(redis);
    const info = parseInfo(await redis.info());
    return timed(async () => ({ info, at: toMs(await redis.time()) }));
  };
  // A server that takes the connection and then says nothing is within the limits of neither library.
  const postgres = within(limitMs, askPostgres());
  const asked = within(limitMs, askRedis());
  // Whoever needs them is told; that nobody does must not end the process.
  postgres.catch(() => {});
  asked.catch(() => {});
  return {
    postgres,
    redis: asked,
    async askRedis(ask) {
      await asked.catch(() => {
        throw new Unchecked("Redis cannot be asked, see there");
      });
      return ask(redis);
    },
    async pool() {
      await postgres.catch(() => {
        throw new Unchecked("Postgres cannot be asked, see there");
      });
      return database.pool;
    },
    async close() {
      if (redis.status !== "end") redis.disconnect();
      await database.close();
    },
  };
}

async function within<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
    answer.catch(() => {});
  }
}

/** Its own rejection says no more than "Connection is closed." */
async function connect(redis: Redis): Promise<void> {
  let cause: Error | undefined;
  redis.on("error", (error: Error) => {
    cause = error;
  });
  await redis.connect().catch((error: Error) => Promise.reject(cause ?? error));
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split("\r\n").filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

/** TIME answers in seconds and microseconds. */
function toMs(time: (string | number)[]): number {
  return Number(time[0]) * 1_000 + Number(time[1]) / 1_000;
}
