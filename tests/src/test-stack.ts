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
  const query = async (sql: string, values: unknown[] = []) => {
    const client = new pg.Client({ connectionString: stack.info.databaseUrl });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    info: stack.info,
    checkout: createCheckout(stack.info),
    query,
    async stop() {
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
export type TestStack = Awaited<ReturnType<typeof startTestStack>>;
