import { Redis } from "ioredis";
import type { Logger } from "./logger.ts";

// The default strategy waits longer and longer; a worker should be back within a second of Redis.
const retryStrategy = (times: number) => Math.min(times * 100, 1_000);

/**
 * A peer that vanished without a word (a failover, a firewall) is otherwise noticed after a quarter of an hour: with nothing
 * come for so long that was asked for, the connection is made anew. Reads block for ten seconds at most.
 */
const SILENCE_MS = { publishing: 5_000, reading: 20_000 };

/**
 * A connection for publishing: what cannot be sent now fails now, because its outbox row will be there again.
 */
export function connectRedisForPublishing(url: string, logger: Logger, silenceMs = SILENCE_MS.publishing): Redis {
  const options = { maxRetriesPerRequest: 0, enableOfflineQueue: false, socketTimeout: silenceMs };
  return logged(new Redis(url, { ...options, retryStrategy, connectTimeout: 2_000 }), logger);
}

/** A connection for blocking reads and BullMQ workers: it waits for Redis to come back, however long that takes. */
export function connectRedisForReading(url: string, logger: Logger, silenceMs = SILENCE_MS.reading): Redis {
  const options = { maxRetriesPerRequest: null, socketTimeout: silenceMs };
  return logged(new Redis(url, { ...options, retryStrategy, connectTimeout: 2_000 }), logger);
}

/** One line when Redis goes and one when it is back, instead of one for each vain try. */
function logged(redis: Redis, logger: Logger): Redis {
  let isAway = false;
  redis.on("error", (error: NodeJS.ErrnoException) => {
    if (!isAway) logger.warn({ code: error.code ?? error.message }, "Redis is away");
    isAway = true;
  });
  redis.on("ready", () => {
    if (isAway) logger.info("Redis is back");
    isAway = false;
  });
  return redis;
}

/** Says so when Redis may drop jobs by itself. Nothing is lost for good then, but payments wait for the sweep. */
export async function warnIfRedisForgets(redis: Redis, logger: Logger): Promise<void> {
  try {
    const policy = await readSetting(redis, "maxmemory-policy");
    if (policy && policy !== "noeviction") logger.warn({ policy }, "Redis should have maxmemory-policy noeviction");
    if ((await readSetting(redis, "appendonly")) === "no") logger.warn("Redis should have appendonly yes");
  } catch {
    // Managed services often forbid CONFIG; there it is the provider's page that says how Redis is set up.
  }
}

async function readSetting(redis: Redis, name: string): Promise<string | undefined> {
  const reply = (await redis.config("GET", name)) as string[];
  return reply[1];
}
