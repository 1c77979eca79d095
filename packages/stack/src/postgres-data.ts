import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programOf } from "./process-identity.ts";
import { runCommand } from "./run-command.ts";
import { type Account, canReach, giveTo, serverAccount } from "./server-account.ts";
import { dataDirOutsideHome } from "./stack-home.ts";

export interface PostgresData {
  /** Holds nothing but the data folder; private to whoever Postgres runs as. */
  parent: string;
  dataDir: string;
  /** Why it is not below the stack's home: that is out of reach for the user Postgres has to run as. */
  outsideHome: boolean;
  account: Account | undefined;
}

/** Chooses and makes the folder for Postgres' data, and the user to run it as. */
export function placePostgresData(home: string): PostgresData {
  const account = serverAccount(join(home, "postgres", "data"));
  const outsideHome = !canReach(account, home);
  const parent = outsideHome ? dataDirOutsideHome(home) : join(home, "postgres");
  mkdirSync(parent, { recursive: true });
  const owner = statSync(parent).uid;
  if (owner === process.getuid?.()) giveTo(account, parent);
  else if (owner !== account?.uid) {
    throw new Error(`${parent} belongs to uid ${owner}: run this as that user, or set PAYONCE_HOME to another folder`);
  }
  chmodSync(parent, 0o700);
  return { parent, dataDir: join(parent, "data"), outsideHome, account };
}

/**
 * Makes a temporary folder for Postgres' data, which the caller removes.
 *
 * @param below where it is to be, if whom Postgres runs as can reach that
 */
export function placeThrowawayData(below = tmpdir()): PostgresData {
  const account = serverAccount();
  const parent = mkdtempSync(join(canReach(account, below) ? below : "/var/tmp", "payonce-test-postgres-"));
  giveTo(account, parent);
  return { parent, dataDir: join(parent, "data"), outsideHome: true, account };
}

export interface InitialiseOptions {
  initdb: string;
  superuser: string;
  password: string;
  signal?: AbortSignal | undefined;
}

/** Runs initdb in a draft that is renamed when whole, so that an interrupted one leaves nothing that looks like data. */
export async function initialisePostgresData(data: PostgresData, options: InitialiseOptions): Promise<void> {
  const { parent, dataDir, account } = data;
  const draft = `${dataDir}.new`;
  const passwordFile = join(parent, "password");
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  giveTo(account, passwordFile);
  const args = ["-D", draft, "-U", options.superuser, "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256"];
  try {
    await runCommand(options.initdb, [...args, `--pwfile=${passwordFile}`, "--no-sync", "--no-instructions"], {
      timeoutMs: 120_000,
      cwd: "/",
      account,
      signal: options.signal,
    });
    renameSync(draft, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * Removes a postmaster.pid whose pid now belongs to another program (after a reboot, or in a restarted container):
 * Postgres would take it for a living server and refuse to start. One whose process is gone is left for Postgres itself,
 * which learns from it whether the dead server's children still use the data.
 */
export function removeMisleadingPidFile(dataDir: string): void {
  const path = join(dataDir, "postmaster.pid");
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(path, "utf8"), 10);
  } catch {
    return;
  }
  const program = programOf(pid);
  if (program !== undefined && !program.includes("postgres")) rmSync(path);
}
