import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Stack, type StackOptions, startStack } from "@payonce/stack";
import pg from "pg";
import { createCheckout } from "./checkout.ts";

/**
 * A whole system of a test file's own: its servers, its processes, its provider. Console, notifier and demo shop only where
 * asked for, and no limit to how many requests a key may send.
 */
export async function startTestStack({ counts = {}, env = {}, ...options }: Partial<StackOptions> = {}) {
  const home = mkdtempSync(join(tmpdir(), "payonce-test-stack-"));
  const stack: Stack = await startStack({
    home,
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
      rmSync(home, { recursive: true, force: true });
    },
  };
}
export type TestStack = Awaited<ReturnType<typeof startTestStack>>;
