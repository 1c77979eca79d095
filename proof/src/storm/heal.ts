import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "@payonce/stack";
import { Redis } from "ioredis";
import { send } from "./faults/process-faults.ts";
import { control } from "./faults/provider-faults.ts";
import type { StormStack } from "./storm-stack.ts";

const PATIENCE_MS = 60_000;

/**
 * Ends every fault that there may be, whoever began it: links open, nobody stopped, provider and receiver well, servers up.
 *
 * @throws when the system does not come back: then nothing can be said about it
 */
export async function heal(stack: StormStack): Promise<void> {
  for (const folder of [stack.crashDir, stack.clockDir])
    for (const file of readdirSync(folder)) rmSync(join(folder, file), { force: true });
  stack.disk?.free();
  stack.links.openAll();
  stack.receiver.answerWith(204);
  for (const pid of Object.values(stack.info.pids).flat()) send(pid, "SIGCONT");
  const { redis } = stack.serverPids();
  if (redis !== undefined) send(redis, "SIGCONT");
  await bringBack(
    "Postgres",
    () => isPostgresWell(stack),
    () => stack.serverPids().postgres,
  );
  await bringBack(
    "Redis",
    () => isRedisWell(stack.redisUrl),
    () => stack.serverPids().redis,
  );
  const { simulatorUrl } = stack.info;
  const isProviderWell = async () =>
    (await control(simulatorUrl, "POST", "/mode", { mode: "up" })) &&
    (await control(simulatorUrl, "DELETE", "/outages")) &&
    (await control(simulatorUrl, "DELETE", "/refund-faults")) &&
    (await control(simulatorUrl, "POST", "/webhooks/faults", {}));
  await waitUntil("the provider to be back", isProviderWell, { timeoutMs: PATIENCE_MS });
  for (const url of [...stack.info.apiUrls, stack.info.opsUrl].filter(Boolean))
    await waitUntil(`${url} to be ready`, () => isReady(url), { timeoutMs: PATIENCE_MS, pollMs: 100 });
}

/**
 * A server that is not back after a while is restarted, as whoever runs it would: a Postgres whose disk was full while it
 * recovered has been seen to hang, and to answer nothing but that it is not ready.
 */
async function bringBack(name: string, isWell: () => Promise<boolean>, readPid: () => number | undefined) {
  const wait = () => waitUntil(`${name} to be back`, isWell, { timeoutMs: PATIENCE_MS / 2, pollMs: 100 });
  await wait().catch(() => {
    const pid = readPid();
    if (pid !== undefined) send(pid, "SIGKILL");
    return wait();
  });
}

async function isPostgresWell({ db }: StormStack): Promise<boolean> {
  try {
    await db.pool.query("SELECT 1");
    return true;
  } catch {
    return false;
  }
}

async function isRedisWell(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, commandTimeout: 2_000 });
  redis.on("error", () => {});
  try {
    await redis.connect();
    await redis.config("SET", "maxmemory", "0");
    await redis.call("CLIENT", "UNPAUSE");
    return (await redis.ping()) === "PONG";
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
