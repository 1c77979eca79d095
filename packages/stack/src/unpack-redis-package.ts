import { join } from "node:path";
import type { FindRedisOptions } from "./find-redis-server.ts";
import { unpackDebianPackages } from "./unpack-debian-packages.ts";

/** Unpacks the distribution's redis-server into the cache; see `unpackDebianPackages`. */
export async function unpackRedisPackage(
  cacheDir: string,
  { log, signal }: FindRedisOptions,
): Promise<{ path: string; env: NodeJS.ProcessEnv } | undefined> {
  const folder = join(cacheDir, "package");
  const libraries = await unpackDebianPackages(["redis-server"], folder, {
    downloadTimeoutMs: 120_000,
    announcement: "No redis-server on PATH: fetching the distribution's package (nothing gets installed)",
    log,
    signal,
  });
  return { path: join(folder, "usr", "bin", "redis-server"), env: { LD_LIBRARY_PATH: libraries } };
}
