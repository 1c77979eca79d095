import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "./generated/client.ts";

export interface Database {
  /** For everything that is not hot. */
  prisma: PrismaClient;
  /** For the hot statements, at a third of the CPU. Same connections as `prisma`. */
  pool: pg.Pool;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  maxConnections?: number;
  /** Limit for one statement, on the server and here: also a server that hangs is answered with an error. */
  statementTimeoutMs?: number;
  /** Limit for waiting on another's row lock. */
  lockTimeoutMs?: number;
  /** Called when an idle connection breaks, as all do when Postgres restarts. The pool makes new ones by itself. */
  onConnectionLost?: (error: Error) => void;
}

/** Opens a pool lazily: it returns at once, also while Postgres is away. */
export function connectDatabase(options: DatabaseOptions): Database {
  const pool = createPool(options);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    prisma,
    pool,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/**
 * Opens connections that are only for statements that find few rows by their ids, over and over. Their plans are made once,
 * and it is the index whatever the tables hold at that moment: planned while they are near empty, a statement would read
 * whole tables, and go on to until Postgres next counts their rows.
 */
export function connectForRowsById(options: DatabaseOptions): pg.Pool {
  return createPool(options, ROWS_BY_ID_SETTINGS);
}

const ROWS_BY_ID_SETTINGS = ["enable_seqscan=off", "enable_hashjoin=off", "enable_mergejoin=off", "jit=off"]
  .map((setting) => `-c ${setting}`)
  .join(" ");

function createPool(options: DatabaseOptions, settings?: string): pg.Pool {
  const { url, applicationName, maxConnections = 10, statementTimeoutMs = 5_000, lockTimeoutMs = 1_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    ...(settings && { options: settings }),
    max: maxConnections,
    connectionTimeoutMillis: statementTimeoutMs,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    // A little more than the server's own limit, so that a server that is alive gets to say why.
    query_timeout: statementTimeoutMs + 500,
    keepAlive: true,
  });
  pool.on("error", (error) => options.onConnectionLost?.(error));
  return pool;
}
