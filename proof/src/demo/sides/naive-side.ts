import { createDatabase, createOrphanGuard } from "@payonce/stack";
import pg from "pg";
import { createStoryLog, type StoryLog } from "../story-log.ts";
import { pressPay } from "./press-pay.ts";
import type { Side, SideOptions } from "./side.ts";
import { startSimulatedProvider } from "./simulated-provider.ts";
import { startNaiveService } from "./start-naive-service.ts";

/**
 * Starts the naive service with a provider of its own.
 *
 * @param databaseUrl of any database on a Postgres where it may create its own
 */
export async function startNaiveSide(databaseUrl: string, options: SideOptions): Promise<Side> {
  const { releases } = options;
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
  const urls = { databaseUrl: ownDatabaseUrl, providerUrl: provider.url };
  const service = await startNaiveService(urls, options, (pid) => watchPid("naive", pid));

  const pool = new pg.Pool({ connectionString: ownDatabaseUrl, max: 2 });
  pool.on("error", () => {});
  releases.push(() => pool.end());
  return {
    name: "Naive service",
    log,
    pay: createPage(service.url, log),
    // It answers when it is done, and not before.
    hasAccepted: () => false,
    crash: service.crash,
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

/** A shop's page that has the naive service behind it: the answer is the end. */
function createPage(url: string, log: StoryLog): Side["pay"] {
  return async (checkout) => {
    const pressed = await pressPay(url, checkout, { log, secretKey: "none" });
    if (pressed === undefined) return "nothing";
    const said = pressed.status === 200 ? "paid" : "failed";
    const text = said === "paid" ? "200 paid" : `${pressed.status} try again`;
    const isFailure = said === "failed";
    log.add({ order: checkout.order, from: "service", to: "customer", text, ...(isFailure && { isFailure }) });
    return said;
  };
}
