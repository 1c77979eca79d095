import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloneTestDatabase } from "@payonce/db/testing";
import { type Stack, type StackOptions, startStack } from "@payonce/stack";
import pg from "pg";
import { createCheckout } from "./checkout.ts";

interface TestStackOptions extends Partial<StackOptions> {
  /** A Postgres of its own, for tests that stop it; otherwise a database in that of the test run. */
  hasOwnPostgres?: boolean;
}

/**
 * A whole system of a test file's own: its database, its Redis, its processes, its provider. Console, notifier and demo shop
 * only where asked for, and no limit to how many requests a key may send.
 */
export async function startTestStack({ counts = {}, env = {}, hasOwnPostgres, ...options }: TestStackOptions = {}) {
  const home = mkdtempSync(join(tmpdir(), "payonce-test-stack-"));
  const database = hasOwnPostgres || options.databaseUrl ? undefined : await cloneTestDatabase();
  const stack: Stack = await startStack({
    home,
    databaseUrl: database?.url,
    throwaway: true,
    counts: { ops: 0, notifier: 0, checkout: 0, ...counts },
    env: { ...env, api: { RATE_LIMIT_SECRET_KEY: "0", ...env.api } },
    ...options,
  });
  const pool = new pg.Pool({ connectionString: stack.info.databaseUrl, max: 2 });
  // Tests end its server as well; the next query has a connection of its own then.
  pool.on("error", () => {});
  return {
    info: stack.info,
    checkout: createCheckout(stack.info),
    query: async (sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows,
    async stop() {
      await pool.end();
      await stack.stop();
      // What served a process that was killed may not have noticed yet.
      await database?.drop("cut off");
      rmSync(home, { recursive: true, force: true });
    },
  };
}
export type TestStack = Awaited<ReturnType<typeof startTestStack>>;
