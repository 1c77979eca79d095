import { withRedis } from "./with-redis.ts";

/**
 * Looks at a Redis that somebody else runs and says what about it would lose jobs.
 *
 * @returns one sentence per fault; none when it is as a queue needs it
 * @throws when it cannot be reached
 */
export async function checkRedis(url: string): Promise<string[]> {
  try {
    // INFO instead of CONFIG, which managed services do not allow.
    const info = await withRedis(url, 5000, (redis) => redis.info());
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    const warnings: string[] = [];
    if (policy !== "noeviction") {
      warnings.push(
        `REDIS_URL: its maxmemory-policy is ${policy ?? "unknown"}: it may drop jobs. Set it to noeviction.`,
      );
    }
    if (!/^aof_enabled:1/m.test(info)) {
      warnings.push("REDIS_URL: it keeps no append-only file: a restart loses jobs. Set appendonly to yes.");
    }
    return warnings;
  } catch (error) {
    throw new Error(`The Redis at REDIS_URL does not answer: ${(error as Error).message}`);
  }
}
