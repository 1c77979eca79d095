import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { ACCEPT } from "./accept.ts";
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
  /**
   * Every statement here finds its rows by keys, a few at a time. The planner takes every list of keys for a hundred, and
   * would rather read some ten thousand rows whole; this leaves it the indexes. Not for statements that join many rows.
   */
  findsByKey?: boolean;
  /**
   * A named statement is planned once for each connection, and again when statistics change. Planning those of a few rows
   * takes as long as running them. Only beside `findsByKey`: a plan from when a table was empty is a bad one without.
   */
  keepsPlans?: boolean;
  /** Called when an idle connection breaks, as all do when Postgres restarts. The pool makes new ones by itself. */
  onConnectionLost?: (error: Error) => void;
}

/** Opens a pool lazily: it returns at once, also while Postgres is away. */
export function connectDatabase(options: DatabaseOptions): Database {
  const { url, applicationName, maxConnections = 10, statementTimeoutMs = 5_000, lockTimeoutMs = 1_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max: maxConnections,
    connectionTimeoutMillis: statementTimeoutMs,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    // A little more than the server's own limit, so that a server that is alive gets to say why.
    query_timeout: statementTimeoutMs + 500,
    keepAlive: true,
    options:
      `${options.findsByKey ? BY_KEY : ""} ${options.keepsPlans ? "-c plan_cache_mode=force_generic_plan" : ""}`.trim(),
  });
  pool.on("error", (error) => options.onConnectionLost?.(error));
  // Without a name, Prisma has a statement planned anew each time.
  const statementNameGenerator = ({ sql }: { sql: string }) => (sql === ACCEPT ? "accept" : "");
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator }) });
  return {
    prisma,
    pool,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

// JIT as well: older servers count a scan that cannot be avoided as so dear that they would compile for it.
const BY_KEY = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";
