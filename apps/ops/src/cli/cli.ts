import { userInfo } from "node:os";
import { connectDatabase, type Database } from "@payonce/db";
import type { Actor } from "@payonce/db/operations";
import type pg from "pg";
import { readEnvironment } from "./read-environment.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What every command works with. */
export interface Cli {
  terminal: Terminal;
  /** Who is at the keyboard, as the audit log will keep it. */
  actor: Actor;
  /** How this command was called, for commands that are shown to be copied: `npx payonce`. */
  calledAs: string;
  /** What the process will end with, unless something fails. */
  exitCode: number;
  /** Opened when it is first asked for. */
  database(): Database;
  pool(): pg.Pool;
  /** A line for people beside the answer, on standard error. */
  note(line: string): void;
  close(): Promise<void>;
}

/** So long a statement may take; somebody is waiting for it. */
const STATEMENT_TIMEOUT_MS = 15_000;
const CLOSE_LIMIT_MS = 1_000;

export function createCli(terminal: Terminal): Cli {
  let database: Database | undefined;
  const open = () => {
    const url = readEnvironment(terminal.env, "DATABASE_URL");
    database ??= connectDatabase({
      url,
      applicationName: "payonce-cli",
      maxConnections: 3,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    return database;
  };
  return {
    terminal,
    actor: { operatorId: null, name: `cli:${accountName(terminal.env)}`, via: "cli" },
    calledAs: howCalled(terminal.env),
    exitCode: 0,
    database: open,
    pool: () => open().pool,
    note: (line) => terminal.stderr.write(`${line}\n`),
    async close() {
      await Promise.race([database?.close(), new Promise((done) => setTimeout(done, CLOSE_LIMIT_MS).unref())]);
    },
  };
}

/** Of the account at this machine; behind sudo, of who is behind it. */
function accountName(env: NodeJS.ProcessEnv): string {
  try {
    const { username, uid } = userInfo();
    return uid === 0 && env.SUDO_USER ? env.SUDO_USER : username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? "unknown");
  }
}

function howCalled(env: NodeJS.ProcessEnv): string {
  if (env.npm_lifecycle_event === "payonce") return "npm run payonce --";
  return env.npm_command === "exec" ? "npx payonce" : "payonce";
}
