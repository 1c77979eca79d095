import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createOrphanGuard } from "./orphan-guard.ts";
import { runCommand } from "./run-command.ts";

export interface UnpackOptions {
  /** How long a download may take. */
  downloadTimeoutMs: number;
  /** Said when there is something to download. */
  announcement: string;
  /** Adds to what was unpacked before anybody gets to see it. */
  complete?: (root: string) => void;
  log?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Downloads packages of Debian or Ubuntu with the libraries that this machine lacks, and unpacks them into `folder`
 * without installing anything; a folder that is there already is taken as it is. Needs neither root nor an earlier
 * `apt-get update`.
 *
 * @returns the value of LD_LIBRARY_PATH that its programs need
 */
export async function unpackDebianPackages(
  packages: readonly string[],
  folder: string,
  options: UnpackOptions,
): Promise<string> {
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    // A folder of its own until it is whole: another process may be doing the same, and either may be interrupted.
    const draft = mkdtempSync(`${folder}-`);
    const guard = createOrphanGuard([draft]);
    try {
      const root = join(draft, "root");
      await downloadPackages(packages, draft, options);
      await unpackAll(join(draft, "apt", "cache", "archives"), root, options);
      options.complete?.(root);
      moveUnlessThere(root, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
      guard.release();
    }
  }
  return libraryFolders(folder);
}

async function downloadPackages(packages: readonly string[], draft: string, options: UnpackOptions): Promise<void> {
  const { downloadTimeoutMs: timeoutMs, signal } = options;
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
  const aptGet = (...args: string[]) => runCommand("apt-get", args, { timeoutMs, env, signal });
  // apt works out which packages are missing here; --reinstall covers one that is installed already.
  const how = ["--download-only", "--reinstall", "--no-install-recommends", "-y", "-qq"];
  const download = ["install", ...packages, ...how];
  options.log?.(options.announcement);
  try {
    await aptGet(...settings, ...download);
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as Error).message.includes("ENOENT")) throw new Error("there is no apt-get here");
    // The system's package lists are missing or out of date.
    await aptGet(...settings, ...ownLists, "update", "-qq");
    await aptGet(...settings, ...ownLists, ...download);
  }
}

async function unpackAll(archives: string, root: string, { signal }: UnpackOptions): Promise<void> {
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
