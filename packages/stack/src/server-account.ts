import { execFileSync } from "node:child_process";
import { chownSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** An existing system user. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root. Gives the unprivileged user to run it as: the owner of data that is already there,
 * else `postgres`, else `nobody` (initdb wants a user with a passwd entry; none is created).
 *
 * @returns undefined when this process is not root and so needs no other user
 */
export function serverAccount(existingDataDir?: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = existingDataDir === undefined ? undefined : statSync(existingDataDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  for (const name of ["postgres", "nobody"]) {
    const uid = numericId("-u", name);
    const gid = numericId("-g", name);
    if (uid && gid) return { name, uid, gid };
  }
  throw new Error(
    "Postgres does not run as root and there is neither a user `postgres` nor `nobody` to run it as.\n" +
      "Run this as an ordinary user, or set DATABASE_URL to a Postgres that is already running.",
  );
}

function numericId(flag: "-u" | "-g", name: string): number | undefined {
  try {
    return Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return undefined;
  }
}

/** Whether `account` may pass through every folder down to `dir`, that folder included. */
export function canReach(account: Account | undefined, dir: string): boolean {
  if (account === undefined) return true;
  for (let folder = dir; ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const passable = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & passable) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

export function giveTo(account: Account | undefined, path: string): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}
