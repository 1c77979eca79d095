import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createOrphanGuard, startPostgres } from "@payonce/stack";
import pg from "pg";

/** A Postgres that waits for the disk, as in production and unlike those of other tests; its data goes with it. */
export async function startDurablePostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), "payonce-test-durable-"));
  const postgres = await startPostgres({ home, password: "secret" });
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
  await client.end();
  // Root's server may have to keep its data outside of the home.
  const folders = [home, dirname(rows[0]?.data_directory ?? join(home, "data"))];
  const guard = createOrphanGuard(folders);
  guard.watch(postgres.pid === undefined ? [] : [postgres.pid]);
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      guard.release();
    },
  };
}
