import type { JobCounts } from "../api/queues/count-jobs.ts";
import type { Cli } from "./cli.ts";
import { readEnvironment } from "./read-environment.ts";

const LIMIT_MS = 3_000;

/**
 * Asks BullMQ how many jobs its queues hold.
 *
 * @returns null for each while Redis cannot be asked, after saying so: what Postgres knows is still worth showing
 */
export async function readJobCounts(cli: Cli, names: readonly string[]): Promise<(JobCounts | null)[]> {
  const { env } = cli.terminal;
  const [url, prefix] = [readEnvironment(env, "REDIS_URL"), readEnvironment(env, "REDIS_PREFIX")];
  // Both take long to load, and no other command needs them.
  const [{ createJobCounter }, { Redis }] = await Promise.all([
    import("../api/queues/count-jobs.ts"),
    import("ioredis"),
  ]);
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: LIMIT_MS });
  let cause: Error | undefined;
  redis.on("error", (error: Error) => {
    cause = error;
  });
  try {
    await redis.connect();
    return await Promise.all(names.map(createJobCounter(redis, prefix)));
  } catch (error) {
    const { message, code } = (cause ?? error) as { message?: string; code?: string };
    cli.note(`Redis cannot be asked, so the jobs are not counted: ${message || code}`);
    return names.map(() => null);
  } finally {
    if (redis.status !== "end") redis.disconnect();
  }
}
