import { Redis } from "ioredis";

/**
 * Connects once, without retries, for as long as `use` takes.
 *
 * @throws when it cannot connect, refuses the password, or does not answer a command within `timeoutMs`
 */
export async function withRedis<T>(url: string, timeoutMs: number, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
  });
  let cause: Error | undefined;
  redis.on("error", (error: Error) => {
    cause = error;
  });
  try {
    // Its own rejection says no more than "Connection is closed."
    await redis.connect().catch((error: Error) => Promise.reject(cause ?? error));
    return await use(redis);
  } finally {
    // On a connection that is closed already this would start a timer that keeps the process for two seconds.
    if (redis.status !== "end") redis.disconnect();
  }
}
