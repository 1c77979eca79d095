import { join } from "node:path";
import {
  createDatabase,
  createOrphanGuard,
  findFreePort,
  repositoryRoot,
  supervise,
  untilReady,
  waitUntil,
} from "@payonce/stack";
import pg from "pg";
import { createStoryLog } from "../story-log.ts";
import { pressPay } from "./press-pay.ts";
import type { Side, SideOptions } from "./side.ts";
import { startSimulatedProvider } from "./simulated-provider.ts";

const main = join(repositoryRoot, "proof", "dist", "demo", "naive", "main.js");

/**
 * Starts the naive service, supervised as Payonce's processes are, with a provider of its own.
 *
 * @param databaseUrl of any database on a Postgres where it may create its own
 */
export async function startNaiveSide(databaseUrl: string, options: SideOptions): Promise<Side> {
  const { home, providerTimeoutMs, signal, releases } = options;
  const log = createStoryLog();
  const guard = createOrphanGuard([]);
  releases.push(() => guard.release());
  const pids = new Map<string, number>();
  const watchPid = (name: string, pid: number | undefined) => {
    if (pid === undefined) pids.delete(name);
    else pids.set(name, pid);
    guard.watch([...pids.values()]);
  };
  const provider = await startSimulatedProvider(log, options, watchPid);
  const ownDatabaseUrl = await createDatabase(databaseUrl, "naive");
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const service = supervise({
    name: "naive",
    command: process.execPath,
    args: ["--enable-source-maps", main],
    cwd: repositoryRoot,
    logsDir: join(home, "logs"),
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      DATABASE_URL: ownDatabaseUrl,
      STRIPE_API_BASE: provider.url,
      STRIPE_API_KEY: "sk_test_naive",
      PROVIDER_TIMEOUT_MS: String(providerTimeoutMs),
    },
    onPid: (pid) => watchPid("naive", pid),
  });
  releases.push(() => service.stop());
  const isUp = () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await untilReady(service, isUp, { timeoutMs: 60_000, signal });

  const pool = new pg.Pool({ connectionString: ownDatabaseUrl, max: 2 });
  pool.on("error", () => {});
  releases.push(() => pool.end());
  return {
    name: "Naive service",
    log,
    async pay(checkout) {
      const pressed = await pressPay(url, checkout, { log, secretKey: "none" });
      if (pressed === undefined) return "nothing";
      const said = pressed.status === 200 ? "paid" : "failed";
      const text = said === "paid" ? "200 paid" : `${pressed.status} try again`;
      const isFailure = said === "failed";
      log.add({ order: checkout.order, from: "service", to: "customer", text, ...(isFailure && { isFailure }) });
      return said;
    },
    // It answers when it is done, and not before.
    hasAccepted: () => false,
    async crash() {
      const { pid } = service;
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      await waitUntil("the naive service to be back", async () => service.pid !== pid && (await isUp()), {
        timeoutMs: 60_000,
        signal,
      });
    },
    // Whatever it does happens while somebody waits for the answer.
    settle: async () => {},
    chargesSoFar: provider.chargesSoFar,
    async charges() {
      const charges = await provider.ledger();
      return charges.map((charge) => ({
        objectId: charge.payment_intent,
        order: charge.payment_id,
        amountMinor: charge.amount,
      }));
    },
    async records() {
      const { rows } = await pool.query("SELECT order_reference, provider_object_id FROM payments");
      return rows.map((row) => ({ order: row.order_reference, objectId: row.provider_object_id }));
    },
    async tellRows() {
      const { rows } = await pool.query("SELECT order_reference, created_at FROM payments");
      for (const { order_reference: order, created_at } of rows) {
        log.addAt(created_at, { order, from: "service", to: "database", text: "writes: paid" });
      }
    },
  };
}
