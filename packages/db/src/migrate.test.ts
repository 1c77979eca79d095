import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { isMigrated } from "./is-migrated.ts";
import { migrate } from "./migrate.ts";
import { createTestDatabase } from "./testing.ts";

test("migrating again finds nothing to do", async () => {
  const database = await createTestDatabase();
  try {
    expect(await migrate(database.url)).toEqual([]);
    expect(await Promise.all([migrate(database.url), migrate(database.url)])).toEqual([[], []]);
  } finally {
    await database.drop();
  }
});

test("only a database that lacks no migration, and has none that was not finished, is left as it is", async () => {
  const { db, url, drop } = await createTestDatabase();
  try {
    expect(await isMigrated(url)).toBe(true);
    await db.pool.query(
      "UPDATE _prisma_migrations SET finished_at = NULL WHERE started_at = (SELECT max(started_at) FROM _prisma_migrations)",
    );
    expect(await isMigrated(url)).toBe(false);
    await db.pool.query("DELETE FROM _prisma_migrations WHERE finished_at IS NULL");
    expect(await isMigrated(url)).toBe(false);
    await db.pool.query("DROP TABLE _prisma_migrations");
    expect(await isMigrated(url)).toBe(false);
  } finally {
    await drop();
  }
});

test("the Prisma schema names the tables and columns that the migrations make", async () => {
  const { db, drop } = await createTestDatabase();
  try {
    const { rows } = await db.pool.query(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'`,
    );
    expect(columnsInSchema().sort()).toEqual(rows.map(({ name }) => name).sort());
  } finally {
    await drop();
  }
});

/** Reads schema.prisma as text: enough for models whose fields are a name, a type and attributes. */
function columnsInSchema(): string[] {
  const schema = readFileSync(new URL("../../../prisma/schema.prisma", import.meta.url), "utf8");
  const models = [...schema.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)];
  const names = new Set(models.map(([, name]) => name));
  return models.flatMap(([, , body = ""]) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1];
    const fields = body.split("\n").filter((line) => /^ {2}\w/.test(line));
    return fields
      .filter((line) => !names.has(/^ {2}\w+ +(\w+)/.exec(line)?.[1] ?? ""))
      .map((line) => `${table}.${/@map\("(\w+)"\)/.exec(line)?.[1] ?? /^ {2}(\w+)/.exec(line)?.[1]}`);
  });
}
