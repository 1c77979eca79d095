import type { Redis } from "ioredis";

// Not made anew where the job is gone by now.
const EMPTY = `if redis.call("EXISTS", KEYS[1]) == 1 then redis.call("HSET", KEYS[1], "data", "null") end`;

/**
 * Empties a job's data where it is no JSON. BullMQ reads the data before anything of ours sees the job, so one that cannot be
 * read neither runs nor fails: it stalls again and again, for ever, and to the sweep it looks alive. Emptied, it fails by
 * our own check at its next turn, and the sweep makes another.
 *
 * @param key of the job's hash in Redis
 * @returns whether there was anything to mend
 */
export async function mendJobData(redis: Redis, key: string): Promise<boolean> {
  const data = await redis.hget(key, "data");
  if (data === null || isJson(data)) return false;
  await redis.eval(EMPTY, 1, key);
  return true;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
