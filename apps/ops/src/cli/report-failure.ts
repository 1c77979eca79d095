import { isContention, isUnavailable, sqlState } from "@payonce/db";
import { ERROR_CATALOGUE, PayonceError } from "@payonce/domain";
import { CommanderError } from "commander";
import type { Cli } from "./cli.ts";
import { printable } from "./terminal/printable.ts";
import { toJsonDocument } from "./to-json-document.ts";
import { UsageError } from "./usage-error.ts";

/** What went wrong: RFC 9457 without what only an HTTP answer has. */
interface Failure {
  code: string;
  title: string;
  detail: string;
  param: string | null;
  exitCode: 1 | 2;
}

/**
 * Says why nothing, or not all, was done: for people on standard error, and with `--json` as a document on standard output.
 *
 * @returns the exit code: 1 when it was refused or failed, 2 when the command cannot be run as it is
 */
export function reportFailure(error: unknown, { terminal }: Cli, isJson: boolean): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const failure = describe(error, terminal.env);
  const { exitCode, ...problem } = failure;
  // Commander has said it already, with the usage where that helps.
  const isSaid = error instanceof CommanderError;
  if (!isSaid) terminal.stderr.write(`${sentence(failure)}\n`);
  if (isJson) terminal.stdout.write(toJsonDocument({ type: `urn:payonce:problem:${problem.code}`, ...problem }));
  return exitCode;
}

function describe(error: unknown, env: NodeJS.ProcessEnv): Failure {
  if (error instanceof CommanderError || error instanceof UsageError)
    return {
      code: "usage_error",
      title: "The command cannot be run as it is",
      detail: error.message.replace(/^error: /, ""),
      param: null,
      exitCode: 2,
    };
  if (error instanceof PayonceError) {
    const { title } = ERROR_CATALOGUE[error.code];
    return { code: error.code, title, detail: error.message, param: error.param, exitCode: 1 };
  }
  return { ...describeDatabase(error, env), param: null, exitCode: 1 };
}

function describeDatabase(error: unknown, env: NodeJS.ProcessEnv): Pick<Failure, "code" | "title" | "detail"> {
  const { code, message } = error as { code?: string; message?: string };
  const said = message || code || "no reason was given";
  if (isContention(error))
    return { code: "busy", title: "Somebody else is at it", detail: "Nothing was done. Run the same command again." };
  if (isUnavailable(error))
    return {
      code: "database_unavailable",
      title: "Postgres cannot be asked",
      detail: env.DATABASE_URL
        ? `${said}. Check DATABASE_URL and the server; payonce doctor tells more.`
        : `${said}. Is the local stack still running? npm start starts it.`,
    };
  const state = sqlState(error) ?? "";
  // The password, the user or the database is not there.
  if (/^(28|3D)/.test(state))
    return {
      code: "database_refused",
      title: "Postgres refuses the connection",
      detail: `${said}. Check DATABASE_URL.`,
    };
  // undefined_table, undefined_column: this command is newer than the database.
  if (["42P01", "42703"].includes(state))
    return {
      code: "migrations_missing",
      title: "The database lacks a migration",
      detail: `${said}. Apply them with: node packages/db/dist/migrate-main.js`,
    };
  return { code: "internal_error", title: "Something went wrong", detail: said };
}

function sentence({ code, title, detail }: Failure): string {
  const text = printableLines(detail);
  return code === "usage_error" ? text : `${title}: ${text}`;
}

/** Our own line breaks may stay. */
function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
