import { join } from "node:path";
import { isMigrated } from "@payonce/db";
import { runCommand } from "./run-command.ts";
import { repositoryRoot } from "./stack-home.ts";

const main = join(repositoryRoot, "packages", "db", "dist", "migrate-main.js");

/**
 * Applies the migrations that the database lacks, in a process of its own: Prisma's schema engine leaves a timer behind
 * that would keep ours for ten seconds. The url goes by environment: the process list would show it.
 */
export async function migrateDatabase(databaseUrl: string, signal?: AbortSignal): Promise<void> {
  if (await isMigrated(databaseUrl)) return;
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  await runCommand(process.execPath, ["--enable-source-maps", main], { timeoutMs: 300_000, env, signal });
}
