import pg from "pg";
import type { Fault } from "./fault.ts";
import { send } from "./process-faults.ts";

const OTHERS = "pid <> pg_backend_pid() AND backend_type = 'client backend' AND application_name <> 'storm'";

export const postgresFaults: readonly Fault[] = [
  {
    name: "pg-terminate",
    group: "postgres",
    about: "pg_terminate_backend for a share of the sessions",
    strike: ({ stack }, random) => {
      const share = random.pick([0.2, 0.5, 1]);
      return withSession(stack.db.pool.options.connectionString, async (client) => {
        const { rows } = await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OTHERS} AND random() < $1`,
          [share],
        );
        return `${rows.length} sessions`;
      });
    },
  },
  {
    name: "pg-kill-backend",
    group: "postgres",
    about: "SIGKILL for one backend: Postgres ends all sessions and recovers",
    strike: ({ stack }, random) => {
      const draw = random.next();
      return withSession(stack.db.pool.options.connectionString, async (client) => {
        const { rows } = await client.query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity WHERE ${OTHERS} ORDER BY pid`,
        );
        const pid = rows[Math.floor(draw * rows.length)]?.pid;
        return pid !== undefined && send(pid, "SIGKILL") ? `backend ${pid}` : null;
      });
    },
  },
  {
    name: "pg-kill",
    group: "postgres",
    about: "SIGKILL for the postmaster",
    strike: async ({ stack }) => signalPostmaster(stack.serverPids().postgres, "SIGKILL"),
  },
  {
    name: "pg-immediate",
    group: "postgres",
    about: "immediate shutdown: no checkpoint, recovery at the next start",
    strike: async ({ stack }) => signalPostmaster(stack.serverPids().postgres, "SIGQUIT"),
  },
  {
    name: "pg-stop",
    group: "postgres",
    about: "every backend stops for a while, and then goes on as if nothing had been",
    async strike(arena, random) {
      const ms = random.between(200, 3_000);
      const pids = await withSession(arena.stack.db.pool.options.connectionString, async (client) => {
        const { rows } = await client.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE ${OTHERS}`);
        return rows.map(({ pid }) => pid);
      });
      const stopped = (pids ?? []).filter((pid) => send(pid, "SIGSTOP"));
      await arena.hold(ms);
      for (const pid of stopped) send(pid, "SIGCONT");
      return `${stopped.length} backends for ${ms} ms`;
    },
  },
  lockFault("pg-lock-rows", "somebody's session holds the rows of moving payments", (client) =>
    client.query(
      "SELECT 1 FROM payments WHERE status IN ('queued', 'charging', 'unknown', 'retry_wait') LIMIT 50 FOR UPDATE SKIP LOCKED",
    ),
  ),
  lockFault("pg-lock-table", "somebody's session holds the table payments, as a careless migration does", (client) =>
    client.query("SET LOCAL lock_timeout = '1s'; LOCK TABLE payments IN ACCESS EXCLUSIVE MODE"),
  ),
  lockFault("pg-lock-outbox", "somebody's session holds outbox rows", (client) =>
    client.query("SELECT 1 FROM outbox LIMIT 100 FOR UPDATE SKIP LOCKED"),
  ),
  {
    name: "pg-starve",
    group: "postgres",
    about: "every connection that is left is taken",
    async strike({ stack, hold, over }, random) {
      const ms = random.between(500, 3_000);
      const clients: pg.Client[] = [];
      try {
        while (!over.aborted) {
          const { connectionString } = stack.db.pool.options;
          const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
          client.on("error", () => {});
          await client.connect();
          clients.push(client);
        }
      } catch {
        // That was the last one; and then those of superusers are gone as well.
      }
      await hold(ms);
      await Promise.all(clients.map((client) => client.end().catch(() => {})));
      return `${clients.length} connections for ${ms} ms`;
    },
  },
];

function lockFault(name: string, about: string, lock: (client: pg.Client) => Promise<unknown>): Fault {
  return {
    name,
    group: "postgres",
    about: `${about}, idle in transaction`,
    strike(arena, random) {
      const ms = random.between(300, 4_000);
      return withSession(arena.stack.db.pool.options.connectionString, async (client) => {
        await client.query("BEGIN");
        await lock(client);
        await arena.hold(ms);
        await client.query("ROLLBACK");
        return `for ${ms} ms`;
      });
    },
  };
}

async function signalPostmaster(pid: number | undefined, signal: NodeJS.Signals): Promise<string | null> {
  return pid !== undefined && send(pid, signal) ? `postmaster ${pid}` : null;
}

/** @returns null when Postgres is not to be had: somebody else has struck */
async function withSession<T>(url: string | undefined, work: (client: pg.Client) => Promise<T>): Promise<T | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, application_name: "storm" });
  client.on("error", () => {});
  try {
    await client.connect();
    return await work(client);
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}
