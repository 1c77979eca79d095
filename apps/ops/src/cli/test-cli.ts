import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { PassThrough } from "node:stream";
import { createTestDatabase } from "@payonce/db/testing";
import { runCli } from "./run-cli.ts";

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** What was printed on standard output, which has to be one JSON document. */
  json<T = Record<string, unknown>>(): T;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** What the command reads. */
  stdin?: string;
  /** What a person types at a terminal, each as an answer to a question. */
  typed?: string[];
  /** So wide a terminal the command writes to. */
  columns?: number;
  /** Called with a function that is Ctrl-C, as soon as the command listens to it. */
  onListening?: (interrupt: () => void) => void;
}

export type TestCli = Awaited<ReturnType<typeof startTestCli>>;

/** Runs commands as `main.ts` does, in this process, against a database and a Redis prefix of their own. */
export async function startTestCli() {
  const { db, url, drop } = await createTestDatabase();
  const env = {
    DATABASE_URL: url,
    REDIS_URL: process.env.TEST_REDIS_URL,
    REDIS_PREFIX: `test-${randomBytes(6).toString("hex")}`,
    // No stack of the developer's is ever worked on.
    PAYONCE_HOME: "/nonexistent",
  };
  return {
    db,
    env,
    /** Who the audit log says it was. */
    actor: `cli:${userInfo().username}`,
    query: async (sql: string, ...values: unknown[]) => (await db.pool.query(sql, values)).rows,
    run: (...args: string[]) => runWith({ env }, args),
    runWith: (options: RunOptions, ...args: string[]) => runWith({ ...options, env: { ...env, ...options.env } }, args),
    drop,
  };
}

async function runWith(options: RunOptions, args: string[]): Promise<Ran> {
  const { env = {}, columns, onListening, typed } = options;
  const written = { stdout: "", stderr: "" };
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined, setRawMode: () => {} });
  if (typed === undefined) stdin.end(options.stdin ?? "");
  const answers = [...(typed ?? [])];
  const exitCode = await runCli(args, {
    env,
    stdin,
    stdout: { ...terminal, write: (text) => (written.stdout += text) },
    stderr: {
      ...terminal,
      write(text) {
        written.stderr += text;
        // A person types when asked.
        if (text.endsWith(": ")) setImmediate(() => stdin.write(answers.shift() ?? ""));
      },
    },
    onInterrupt(listener) {
      onListening?.(listener);
      return () => {};
    },
  });
  return { exitCode, ...written, json: () => JSON.parse(written.stdout) };
}
