import { expect, test } from "@jest/globals";
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

test("Prisma sees every column of the tables", async () => {
  const { db, drop } = await createTestDatabase();
  try {
    for (const model of [
      db.prisma.merchant,
      db.prisma.apiKey,
      db.prisma.payment,
      db.prisma.attempt,
      db.prisma.timelineEntry,
      db.prisma.outboxRow,
    ])
      expect(await (model as { findMany(): Promise<unknown[]> }).findMany()).toEqual([]);
    const { rows } = await db.pool.query(
      "SELECT table_name, count(*)::int AS columns FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%' GROUP BY 1 ORDER BY 1",
    );
    expect(rows.map(({ table_name, columns }) => [table_name, columns])).toEqual([
      ["api_keys", 7],
      ["attempts", 8],
      ["merchants", 3],
      ["outbox", 8],
      ["payments", 22],
      ["timeline", 5],
    ]);
  } finally {
    await drop();
  }
});
