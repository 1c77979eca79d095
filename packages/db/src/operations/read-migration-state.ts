import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { sqlState } from "../database-error.ts";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));

/** How the database's migrations compare with those of this version. All four are empty when the two agree. */
export interface MigrationState {
  /** Of this version, and not applied. */
  missing: string[];
  /** Begun, and neither finished nor rolled back. */
  failed: string[];
  /** Applied, and not of this version: the database is newer. */
  unknown: string[];
  /** Applied with another text than this version has. */
  changed: string[];
  applied: number;
}

interface AppliedMigration {
  name: string;
  checksum: string;
  isFinished: boolean;
}

/** Reads `_prisma_migrations`, and changes nothing. In a database that was never migrated, everything is missing. */
export async function readMigrationState(pool: pg.Pool): Promise<MigrationState> {
  const [ours, theirs] = await Promise.all([readOurs(), readApplied(pool)]);
  const finished = theirs.filter(({ isFinished }) => isFinished);
  const isApplied = new Map(finished.map(({ name, checksum }) => [name, checksum]));
  return {
    missing: [...ours.keys()].filter((name) => !isApplied.has(name)),
    failed: theirs.filter(({ isFinished }) => !isFinished).map(({ name }) => name),
    unknown: [...isApplied.keys()].filter((name) => !ours.has(name)),
    changed: [...ours].filter(([name, sum]) => (isApplied.get(name) ?? sum) !== sum).map(([name]) => name),
    applied: isApplied.size,
  };
}

/** By name, with the checksum that Prisma keeps of a migration's text. */
async function readOurs(): Promise<Map<string, string>> {
  const entries = await readdir(MIGRATIONS_FOLDER, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const sums = names.sort().map(async (name): Promise<[string, string]> => {
    const text = await readFile(join(MIGRATIONS_FOLDER, name, "migration.sql"));
    return [name, createHash("sha256").update(text).digest("hex")];
  });
  return new Map(await Promise.all(sums));
}

async function readApplied(pool: pg.Pool): Promise<AppliedMigration[]> {
  try {
    const { rows } = await pool.query<AppliedMigration>(
      `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished"
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
    );
    return rows;
  } catch (error) {
    // undefined_table
    if (sqlState(error) === "42P01") return [];
    throw error;
  }
}
