import { existsSync, rmSync } from "node:fs";
import pg from "pg";
import { createDatabase } from "./create-database.ts";
import { findFreePort, releasePort } from "./free-port.ts";
import { createOrphanGuard, type OrphanGuard } from "./orphan-guard.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";
import {
  initialisePostgresData,
  type PostgresData,
  placePostgresData,
  placeThrowawayData,
  removeMisleadingPidFile,
} from "./postgres-data.ts";
import { logsDir } from "./stack-home.ts";
import { type Death, type ProcessSpec, type Supervised, supervise, untilReady } from "./supervisor.ts";

const superuser = "payonce";
const database = "payonce";

export interface PostgresOptions {
  /** Where log and data go; throwaway data goes to a temporary folder instead. */
  home: string;
  password: string;
  /** Tried before any other free port. */
  preferredPort?: number | undefined;
  /** For tests: does not wait for the disk, and the data is removed at stop or when this process dies. */
  throwaway?: boolean;
  /** Where throwaway data goes; the machine's temporary folder where not said. */
  throwawayBelow?: string | undefined;
  onPid?: ProcessSpec["onPid"];
  onDeath?: ProcessSpec["onDeath"];
  log?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

export interface Postgres {
  /** Of the database `payonce`, with password, as a superuser. */
  url: string;
  port: number;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that npm installed, on 127.0.0.1 only, and starts it again, same port and data, when it dies.
 *
 * @throws with the end of its log when it does not get ready
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const data = options.throwaway ? placeThrowawayData(options.throwawayBelow) : placePostgresData(options.home);
  const guard = options.throwaway ? createOrphanGuard([data.parent]) : undefined;
  const port = await findFreePort(options.preferredPort);
  let server: Supervised | undefined;
  const stop = async () => {
    await server?.stop();
    releasePort(port);
    if (options.throwaway) rmSync(data.parent, { recursive: true, force: true });
    guard?.release();
  };
  try {
    const started = await startServer(data, port, guard, options);
    server = started;
    const serverUrl = `postgres://${superuser}:${options.password}@127.0.0.1:${port}/postgres`;
    const forgives = (death: Death) => isStillInUse(death.log);
    await untilReady(started, () => answers(serverUrl), { timeoutMs: 60_000, forgives, signal: options.signal });
    const url = await createDatabase(serverUrl, database);
    return {
      url,
      port,
      get pid() {
        return started.pid;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServer(
  data: PostgresData,
  port: number,
  guard: OrphanGuard | undefined,
  options: PostgresOptions,
): Promise<Supervised> {
  const binaries = findPostgresBinaries(data.account);
  if (binaries.copiedTo) options.log?.(`Postgres runs as ${data.account?.name}, from a copy in ${binaries.copiedTo}`);
  if (data.outsideHome && !options.throwaway) options.log?.(`Postgres keeps its data in ${data.parent}`);
  if (!existsSync(data.dataDir)) {
    const { password, signal } = options;
    await initialisePostgresData(data, { initdb: binaries.initdb, superuser, password, signal });
  }
  removeMisleadingPidFile(data.dataDir);
  return supervise({
    name: "postgres",
    command: binaries.postgres,
    args: ["-D", data.dataDir, ...settings(port, options.throwaway ?? false)],
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
    cwd: "/",
    logsDir: logsDir(options.home),
    account: data.account,
    // Fast shutdown: clients are cut off, all is written. Then immediate: the next start recovers from the WAL.
    stopSignals: [
      { signal: "SIGINT", waitMs: 10_000 },
      { signal: "SIGQUIT", waitMs: 5000 },
    ],
    onPid: (pid) => {
      guard?.watch(pid === undefined ? [] : [pid]);
      options.onPid?.(pid);
    },
    ...(options.onDeath ? { onDeath: options.onDeath } : {}),
  });
}

function settings(port: number, throwaway: boolean): string[] {
  const values = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    // Whole systems share that of a test run.
    max_connections: throwaway ? "500" : "200",
    shared_buffers: "128MB",
    fsync: throwaway ? "off" : "on",
    synchronous_commit: "on",
    full_page_writes: throwaway ? "off" : "on",
    // Of hundreds of small databases, each would be visited every minute.
    autovacuum_naptime: throwaway ? "1h" : "1min",
    timezone: "UTC",
    log_timezone: "UTC",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** After a SIGKILL of the postmaster its children need a moment to leave; until then a new one refuses to start. */
function isStillInUse(log: string): boolean {
  return log.includes("pre-existing shared memory block") || log.includes("postmaster.pid");
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // A server that goes away during the handshake tells so here as well.
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    const isRefusedLogin = (error as { code?: string }).code?.startsWith("28") ?? false;
    if (isRefusedLogin) throw error;
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
