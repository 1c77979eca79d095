import { join } from "node:path";
import { runCommand } from "./run-command.ts";
import { repositoryRoot } from "./stack-home.ts";

export const FIRST_OPERATOR = "admin";

const command = join(repositoryRoot, "apps", "ops", "dist", "cli", "main.js");

/** Makes the first operator, by the command that people use for it as well. One that is there already stays as it is. */
export async function seedOperator(databaseUrl: string, password: string, signal?: AbortSignal): Promise<void> {
  const args = ["operators", "add", FIRST_OPERATOR, "--role", "admin", "--reason", "the first operator"];
  await runCommand(process.execPath, [command, ...args, "--password-stdin", "--if-missing"], {
    timeoutMs: 60_000,
    env: { ...process.env, DATABASE_URL: databaseUrl },
    input: `${password}\n`,
    signal,
  });
}
