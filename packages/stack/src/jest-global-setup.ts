import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { say, step } from "../progress.js";
import { createDatabase } from "./create-database.ts";
import { findBrowser } from "./find-browser.ts";
import { stopAfterJest } from "./jest-global-teardown.ts";
import { migrateDatabase } from "./migrate-database.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { repositoryRoot } from "./stack-home.ts";

/**
 * Gives a whole jest run one throwaway Postgres, with the migrated template database `payonce_template`, and one throwaway
 * Redis: TEST_DATABASE_URL (may create databases) and TEST_REDIS_URL. TEST_BROWSER says which browser to use. Those that
 * are set already are left alone.
 */
export default async function setUp(): Promise<void> {
  await step("Postgres, Redis and a browser for the tests", async () => {
    const home = join(repositoryRoot, "node_modules", ".cache", "payonce", "tests");
    const password = randomBytes(16).toString("hex");
    const log = (line: string) => say(`  · ${line}`);
    const browser = process.env.TEST_BROWSER || browserForTests(log);
    const starts = await Promise.allSettled([
      process.env.TEST_DATABASE_URL ? undefined : startPostgres({ home, password, throwaway: true, log }),
      process.env.TEST_REDIS_URL ? undefined : startRedis({ home, password, throwaway: true, log }),
    ]);
    for (const server of starts) if (server.status === "fulfilled" && server.value) stopAfterJest(server.value);
    const [postgres, redis] = starts.map((server) => {
      if (server.status === "rejected") throw server.reason;
      return server.value?.url;
    });
    process.env.TEST_DATABASE_URL ||= postgres;
    process.env.TEST_REDIS_URL ||= redis;
    const template = await createDatabase(process.env.TEST_DATABASE_URL as string, "payonce_template");
    await migrateDatabase(template);
    process.env.TEST_BROWSER = await browser;
  });
}

/** Those tests that need no browser can do without. Those that need one fail with the reason. */
async function browserForTests(log: (line: string) => void): Promise<string> {
  try {
    return JSON.stringify(await findBrowser({ log }));
  } catch (error) {
    return JSON.stringify({ missing: (error as Error).message });
  }
}
