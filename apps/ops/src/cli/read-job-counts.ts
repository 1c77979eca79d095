import type { Cli } from "./cli.ts";
import { readEnvironment } from "./read-environment.ts";

export interface JobCounts {
  /** To be taken; behind a pause too. */
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
}

const LIMIT_MS = 3_000;

/**
 * Asks BullMQ how many jobs its queues hold.
 *
 * @returns null when Redis cannot be asked, after saying so: what Postgres knows is still worth showing
 */
export async function readJobCounts(cli: Cli, names: readonly string[]): Promise<Map<string, JobCounts> | null> {
  const { env } = cli.terminal;
  const [url, prefix] = [readEnvironment(env, "REDIS_URL"), readEnvironment(env, "REDIS_PREFIX")];
  // Both take long to load, and no other command needs them.
  const [{ Queue }, { Redis }] = await Promise.all([import("bullmq"), import("ioredis")]);
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: LIMIT_MS,
    commandTimeout: LIMIT_MS,
    maxRetriesPerRequest: 0,
  });
  let cause: Error | undefined;
  redis.on("error", (error: Error) => {
    cause = error;
  });
  try {
    await redis.connect();
    const counts = names.map(async (name): Promise<[string, JobCounts]> => {
      const queue = new Queue(name, { connection: redis, prefix, skipVersionCheck: true });
      queue.on("error", () => {});
      const jobs = await queue.getJobCounts("wait", "prioritized", "active", "delayed", "failed");
      const of = (state: string) => jobs[state] ?? 0;
      const waiting = of("wait") + of("prioritized");
      return [name, { waiting, active: of("active"), delayed: of("delayed"), failed: of("failed") }];
    });
    return new Map(await Promise.all(counts));
  } catch (error) {
    const { message, code } = (cause ?? error) as { message?: string; code?: string };
    cli.note(`Redis cannot be asked, so the jobs are not counted: ${message || code}`);
    return null;
  } finally {
    if (redis.status !== "end") redis.disconnect();
  }
}
