import { join } from "node:path";
import { runCommand } from "./run-command.ts";
import { repositoryRoot } from "./stack-home.ts";

const main = join(repositoryRoot, "packages", "stack", "dist", "migrate-main.js");

/** Applies the migrations that the database lacks. The url goes by environment: the process list would show it. */
export async function migrateDatabase(databaseUrl: string, signal?: AbortSignal): Promise<void> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  await runCommand(process.execPath, ["--enable-source-maps", main], { timeoutMs: 300_000, env, signal });
}
