import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { findRedisServer } from "./find-redis-server.ts";
import { unpackRedisPackage } from "./unpack-redis-package.ts";

const path = process.env.PATH ?? "";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "payonce-find-redis-"));
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

function putOnPath(version: string): string {
  const script = join(folder, "redis-server");
  writeFileSync(script, `#!/bin/sh\necho "Redis server v=${version} sha=0 malloc=libc"\n`);
  chmodSync(script, 0o755);
  process.env.PATH = `${folder}:/usr/bin:/bin`;
  return script;
}

test("takes the redis-server on PATH before any other", async () => {
  const script = putOnPath("7.4.1");
  expect(await findRedisServer({ cacheDir: join(folder, "cache") })).toEqual({
    path: script,
    env: {},
    version: "7.4.1",
  });
  expect(existsSync(join(folder, "cache"))).toBe(false);
});

test("names the ways to get one when none works here", async () => {
  putOnPath("5.0.14");
  // Neither apt-get nor make are there.
  process.env.PATH = folder;
  const error = await findRedisServer({ cacheDir: join(folder, "cache") }).catch((reason: Error) => reason);
  expect(error).toMatchObject({
    message: expect.stringMatching(/brew install redis.*apt-get install redis-server.*REDIS_URL/s),
  });
});

/** Stand-ins that behave as on a machine without package lists, and slowly enough for two runs to meet. */
function putPackageToolsOnPath(): void {
  const tools = {
    "apt-get": `
      for arg in "$@"; do case $arg in
        Dir::Cache=*) cache=\${arg#Dir::Cache=} ;;
        Dir::State::lists=*) lists=\${arg#Dir::State::lists=} ;;
        update) touch "$lists/fetched"; exit 0 ;;
      esac; done
      [ -e "$lists/fetched" ] || { echo "E: Unable to locate package redis-server" >&2; exit 100; }
      sleep 0.1; touch "$cache/archives/redis-tools.deb"`,
    "dpkg-deb": `
      mkdir -p "$3/usr/bin" "$3/usr/lib/arch"; touch "$3/usr/lib/arch/libjemalloc.so.2"
      printf '#!/bin/sh\necho Redis server v=7.0.15 from $LD_LIBRARY_PATH' > "$3/usr/bin/redis-server"
      chmod +x "$3/usr/bin/redis-server"`,
  };
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  process.env.PATH = `${folder}:/usr/bin:/bin`;
}

test("unpacks the distribution's package without package lists, and two at once do not trip over each other", async () => {
  putPackageToolsOnPath();
  const cacheDir = join(folder, "cache");
  const [one, other] = await Promise.all([unpackRedisPackage(cacheDir, {}), unpackRedisPackage(cacheDir, {})]);
  expect(one).toEqual({
    path: join(cacheDir, "package", "usr", "bin", "redis-server"),
    env: { LD_LIBRARY_PATH: join(cacheDir, "package", "usr", "lib", "arch") },
  });
  expect(other).toEqual(one);
  expect(readdirSync(cacheDir)).toEqual(["package"]);
});
