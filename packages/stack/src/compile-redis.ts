import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FindRedisOptions } from "./find-redis-server.ts";
import { runCommand } from "./run-command.ts";

/** Of the last line under the BSD licence; "stable", its default, would change under us. */
const version = "7.2.11";
const sourcesUrl = "https://download.redis.io/releases/";

/**
 * Has redis-memory-server download and compile Redis into the cache. Takes a minute or two, and needs a compiler and
 * the internet.
 */
export async function compileRedis(
  cacheDir: string,
  { log, signal }: FindRedisOptions,
): Promise<{ path: string; env: NodeJS.ProcessEnv } | undefined> {
  const path = join(cacheDir, "compiled", version, "redis-server");
  if (existsSync(path)) return { path, env: {} };
  // Asked first, because a compiler or a network that is missing shows late and wordily otherwise.
  await runCommand("make", ["--version"], { timeoutMs: 10_000 });
  await fetch(sourcesUrl, { method: "HEAD", signal: AbortSignal.timeout(5000) });
  log?.("Compiling Redis with redis-memory-server: a minute or two, once");
  mkdirSync(cacheDir, { recursive: true });
  // Keeps npm from taking the repository around it for the project to install into.
  writeFileSync(join(cacheDir, "package.json"), '{ "private": true }\n');
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save"];
  await runCommand("npm", ["install", "--prefix", cacheDir, ...quiet, "redis-memory-server"], {
    timeoutMs: 60_000,
    cwd: cacheDir,
    signal,
  });
  const script =
    "require('redis-memory-server/lib/util/RedisBinary').default" +
    `.getPath({ version: '${version}', downloadDir: ${JSON.stringify(join(cacheDir, "compiled"))} })` +
    ".then((path) => process.stdout.write(path))";
  const compiled = await runCommand(process.execPath, ["-e", script], { timeoutMs: 300_000, cwd: cacheDir, signal });
  return { path: compiled, env: {} };
}
