import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { CANARIES } from "./canaries.ts";
import type { ClientRequest } from "./client-log.ts";
import type { StormStack } from "./storm-stack.ts";

/** Looks for card numbers and keys where nobody may see them: logs, tables, Redis, the provider's books, answers. */
export async function findLeaks(stack: StormStack, requests: readonly ClientRequest[]): Promise<string[]> {
  const keys = stack.tenants.map(({ secretKey }) => secretKey);
  const { operatorToken, info } = stack;
  const operators = operatorToken === null ? [] : [operatorToken, info.operator.password];
  const secrets: readonly string[] = [...CANARIES, ...keys, ...operators];
  const leaks: string[] = [];
  const search = (text: string, where: string) => {
    // What was found is not told here either.
    for (const [i, secret] of secrets.entries())
      if (text.includes(secret)) leaks.push(`${i < CANARIES.length ? "a card number" : "a key"} is in ${where}`);
  };
  const logs = join(stack.home, "logs");
  for (const file of readdirSync(logs)) search(readFileSync(join(logs, file), "utf8"), `the log ${file}`);
  search(readFileSync(stack.journalPath, "utf8"), "the provider's books");
  for (const { answer, n } of requests) search(JSON.stringify(answer), `the answer to request ${n}`);
  leaks.push(...(await searchTables(stack, secrets)));
  await searchRedis(stack.redisUrl, search);
  return leaks;
}

async function searchTables({ db }: StormStack, secrets: readonly string[]): Promise<string[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const leaks: string[] = [];
  for (const { name } of rows) {
    const found = await db.pool.query(
      `SELECT 1 FROM ${name} t WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) s WHERE strpos(t::text, s) > 0) LIMIT 1`,
      [secrets],
    );
    if (found.rows.length > 0) leaks.push(`a card number or a key is in the table ${name}`);
  }
  return leaks;
}

async function searchRedis(url: string, search: (text: string, where: string) => void): Promise<void> {
  const redis = new Redis(url, { commandTimeout: 10_000 });
  redis.on("error", () => {});
  try {
    let cursor = "0";
    do {
      const [next, keys] = await redis.scan(cursor, "COUNT", 1_000);
      cursor = next;
      const pipeline = redis.pipeline();
      for (const key of keys) pipeline.dumpBuffer(key);
      const dumps = (await pipeline.exec()) ?? [];
      for (const [i, [, dump]] of dumps.entries())
        if (Buffer.isBuffer(dump)) search(`${keys[i]} ${dump.toString("latin1")}`, `the Redis key ${keys[i]}`);
    } while (cursor !== "0");
  } finally {
    redis.disconnect();
  }
}
