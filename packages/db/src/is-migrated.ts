import { readdir } from "node:fs/promises";
import pg from "pg";
import { MIGRATIONS_FOLDER } from "./migrations-folder.ts";

/**
 * Whether `migrate` would find nothing to do. Costs a query, where that one starts an engine.
 *
 * @returns false as well where a migration was begun and not finished: the engine says what is to be done about it
 */
export async function isMigrated(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; isFinished: boolean }>(
      `SELECT migration_name AS name, finished_at IS NOT NULL AS "isFinished"
       FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
    );
    const applied = new Set(rows.map(({ name }) => name));
    return rows.every(({ isFinished }) => isFinished) && (await migrationNames()).every((name) => applied.has(name));
  } catch (error) {
    const undefinedTable = "42P01";
    if ((error as { code?: string }).code === undefinedTable) return false;
    throw error;
  } finally {
    await client.end();
  }
}

async function migrationNames(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS_FOLDER, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
