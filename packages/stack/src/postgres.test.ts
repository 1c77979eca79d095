import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { type Postgres, startPostgres } from "./postgres.ts";
import { processIdentity } from "./process-identity.ts";
import { waitUntil } from "./wait-until.ts";

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } finally {
    await client.end().catch(() => {});
  }
}

let home: string;
beforeAll(() => {
  // 0700, so that root's Postgres has to find another place for its data.
  home = mkdtempSync(join(tmpdir(), "payonce-stack-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("throwaway Postgres", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres({ home, password: "secret", throwaway: true });
  }, 60_000);
  afterAll(() => postgres.stop());

  test("listens on the loopback address only", async () => {
    expect(await query(postgres.url, "SHOW listen_addresses")).toEqual(["127.0.0.1"]);
    expect(await query(postgres.url, "SHOW unix_socket_directories")).toEqual([""]);
  });

  test("asks for the password", async () => {
    await expect(query(postgres.url.replace("secret", "guess"), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("is back on the same port with what was committed after a SIGKILL", async () => {
    await query(postgres.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    const killed = postgres.pid as number;
    process.kill(killed, "SIGKILL");
    const answer = await waitUntil(
      "Postgres to be back",
      () => query(postgres.url, "SELECT answer FROM kept").catch(() => undefined),
      { timeoutMs: 20_000 },
    );
    expect(answer).toEqual([42]);
    expect(postgres.pid).not.toBe(killed);
  }, 30_000);
});

test("a stopped throwaway Postgres leaves neither process nor data", async () => {
  const postgres = await startPostgres({ home, password: "secret", throwaway: true });
  const pid = postgres.pid as number;
  const [dataDir] = (await query(postgres.url, "SHOW data_directory")) as [string];
  expect(existsSync(dataDir)).toBe(true);
  await postgres.stop();
  expect(processIdentity(pid)).toBeUndefined();
  expect(existsSync(dataDir)).toBe(false);
}, 60_000);
