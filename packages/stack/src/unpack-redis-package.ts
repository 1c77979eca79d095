import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FindRedisOptions } from "./find-redis-server.ts";
import { runCommand } from "./run-command.ts";

const aptMissing = "there is no apt-get here";

/**
 * Downloads Debian's or Ubuntu's redis-server with the libraries that this machine lacks, and unpacks them into the
 * cache without installing anything. Needs neither root nor an earlier `apt-get update`.
 */
export async function unpackRedisPackage(
  cacheDir: string,
  options: FindRedisOptions,
): Promise<{ path: string; env: NodeJS.ProcessEnv } | undefined> {
  const unpacked = join(cacheDir, "package");
  if (!existsSync(unpacked)) {
    mkdirSync(cacheDir, { recursive: true });
    // A folder of its own until it is whole: another start may be doing the same, and either may be interrupted.
    const draft = mkdtempSync(join(cacheDir, "package-"));
    try {
      await downloadPackages(draft, options);
      await unpackAll(join(draft, "apt", "cache", "archives"), join(draft, "root"), options);
      moveUnlessThere(join(draft, "root"), unpacked);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return { path: join(unpacked, "usr", "bin", "redis-server"), env: { LD_LIBRARY_PATH: libraryFolders(unpacked) } };
}

async function downloadPackages(draft: string, { log, signal }: FindRedisOptions): Promise<void> {
  const apt = join(draft, "apt");
  mkdirSync(join(apt, "lists", "partial"), { recursive: true });
  mkdirSync(join(apt, "cache", "archives", "partial"), { recursive: true });
  // Only what is downloaded goes to our folders; no lock is asked for, as nothing is installed. Dropping privileges for
  // the download, which apt does as root, would fail below a private folder.
  const settings = [
    ...["Debug::NoLocking=1", "APT::Sandbox::User=root", `Dir::Cache=${join(apt, "cache")}`],
    ...["Acquire::Languages=none", "Acquire::http::Timeout=20", "Acquire::https::Timeout=20", "Acquire::Retries=1"],
  ].flatMap((setting) => ["-o", setting]);
  const ownLists = ["-o", `Dir::State::lists=${join(apt, "lists")}`];
  const env = { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
  const aptGet = (...args: string[]) => runCommand("apt-get", args, { timeoutMs: 120_000, env, signal });
  // apt works out which packages are missing here; --reinstall covers one that is installed but not on PATH.
  const download = [
    "install",
    "redis-server",
    "--download-only",
    "--reinstall",
    "--no-install-recommends",
    "-y",
    "-qq",
  ];
  log?.("No redis-server on PATH: fetching the distribution's package (nothing gets installed)");
  try {
    await aptGet(...settings, ...download);
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as Error).message.includes("ENOENT")) throw new Error(aptMissing);
    // The system's package lists are missing or out of date.
    await aptGet(...settings, ...ownLists, "update", "-qq");
    await aptGet(...settings, ...ownLists, ...download);
  }
}

async function unpackAll(archives: string, root: string, { signal }: FindRedisOptions): Promise<void> {
  for (const archive of readdirSync(archives).filter((name) => name.endsWith(".deb"))) {
    await runCommand("dpkg-deb", ["-x", join(archives, archive), root], { timeoutMs: 60_000, signal });
  }
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function libraryFolders(root: string): string {
  const folders = new Set<string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (/\.so(\.|$)/.test(entry.name)) folders.add(entry.parentPath);
  }
  return [...folders].join(":");
}
