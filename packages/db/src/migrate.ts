import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { MIGRATIONS_FOLDER, PRISMA_FOLDER } from "./migrations-folder.ts";

// Node has it; its types are in TypeScript's browser library, which has no place here.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ exports: object }>;
};

/**
 * Applies the migrations in `prisma/migrations` that the database does not have yet. Runs Prisma's own schema engine as
 * WebAssembly, so nothing is downloaded, and `prisma migrate deploy` elsewhere finds the same `_prisma_migrations`. The engine holds
 * an advisory lock, so several instances may be deployed at once. Its lock timer keeps the event loop alive for ten
 * seconds: a command that is done after this should exit.
 *
 * @returns the names of the migrations applied now; empty when there was nothing to do
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const SchemaEngine = await loadSchemaEngine();
  const pool = new pg.Pool({ connectionString: databaseUrl });
  const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScriptAdapter(pool));
  const schema = await readFile(join(PRISMA_FOLDER, "schema.prisma"), "utf8");
  const engine = await SchemaEngine.new({ datamodels: [["schema.prisma", schema]] }, () => {}, adapter);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: await readMigrations(),
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } finally {
    engine.free();
    await pool.end();
  }
}

/**
 * Sends a migration as one script, which Postgres runs as one transaction: a crash leaves all of it or nothing. Prisma's
 * adapter would cut the script at every semicolon, also inside comments and functions, and commit each piece.
 */
class WholeScriptAdapter extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  }
}

async function readMigrations() {
  const baseDir = MIGRATIONS_FOLDER;
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: { path: "migration_lock.toml", content: await readFile(join(baseDir, "migration_lock.toml"), "utf8") },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.sort().map(async (path) => ({
        path,
        migrationFile: {
          path: "migration.sql",
          content: { tag: "ok" as const, value: await readFile(join(baseDir, path, "migration.sql"), "utf8") },
        },
      })),
    ),
  };
}

let schemaEngine: Promise<typeof import("@prisma/schema-engine-wasm").SchemaEngine> | undefined;

/**
 * The package's own entry point imports its `.wasm` as a module, which Node cannot: its two halves are joined here. Once
 * in a process, because the JavaScript half holds on to the memory of the first.
 */
function loadSchemaEngine() {
  schemaEngine ??= instantiateSchemaEngine();
  return schemaEngine;
}

async function instantiateSchemaEngine() {
  const folder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg"));
  const glue = await import(pathToFileURL(join(folder, "schema_engine_bg.js")).href);
  const module = await WebAssembly.compile(await readFile(join(folder, "schema_engine_bg.wasm")));
  const instance = await WebAssembly.instantiate(module, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
  return glue.SchemaEngine;
}
