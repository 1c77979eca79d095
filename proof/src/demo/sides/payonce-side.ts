import { setTimeout as delay } from "node:timers/promises";
import { createOrphanGuard, type Stack, startStack, waitUntil } from "@payonce/stack";
import pg from "pg";
import type { PlannedCheckout } from "../plan.ts";
import { createStoryLog, type StoryLog } from "../story-log.ts";
import { answersOk } from "./answers-ok.ts";
import { pageTimeoutMs, pressPay } from "./press-pay.ts";
import type { Said, Side, SideOptions } from "./side.ts";
import { startSimulatedProvider } from "./simulated-provider.ts";

const SERVICE = ["api", "relay", "charger"] as const;
/** What the rows of the timeline say, in plain words. */
const WRITTEN: Record<string, string> = {
  queued: "writes: accepted",
  charging: "writes: an attempt begins",
  provider_object_stored: "remembers the object",
  unknown: "writes: outcome unknown",
  retry_wait: "writes: try again later",
  succeeded: "writes: paid",
};
/** Longer than any lease, many times over. */
const settleLimitMs = 90_000;

/** Starts Payonce as `npm start` does, in a home of its own and with two chargers, at a provider of its own. */
export async function startPayonceSide(options: SideOptions): Promise<{ side: Side; databaseUrl: string }> {
  const { home, providerTimeoutMs, signal, releases } = options;
  const log = createStoryLog();
  const guard = createOrphanGuard([]);
  releases.push(() => guard.release());
  const provider = await startSimulatedProvider(log, options, (_name, pid) =>
    guard.watch(pid === undefined ? [] : [pid]),
  );
  const stack = await startStack({
    home,
    throwaway: true,
    counts: { simulator: 0, checkout: 0, ops: 0, notifier: 0, charger: 2 },
    env: {
      // All customers come through one shop's key.
      api: { RATE_LIMIT_SECRET_KEY: "0" },
      charger: { STRIPE_API_BASE: provider.url, PROVIDER_TIMEOUT_MS: String(providerTimeoutMs) },
      relay: { SWEEP_INTERVAL_MS: "1000", SWEEP_GRACE_MS: "500" },
    },
    signal,
  });
  releases.push(stack.stop);
  const pool = new pg.Pool({ connectionString: stack.info.databaseUrl, max: 2 });
  pool.on("error", () => {});
  releases.push(() => pool.end());

  const page = createPage(stack.info, log);
  const side: Side = {
    name: "Payonce",
    log,
    ...page,
    crash: () => crash(stack, signal),
    async settle() {
      const moving = "SELECT 1 FROM payments WHERE status IN ('queued', 'charging', 'retry_wait', 'unknown') LIMIT 1";
      await waitUntil("Payonce to finish", async () => (await pool.query(moving)).rows.length === 0, {
        timeoutMs: settleLimitMs,
        pollMs: 200,
        signal,
      });
    },
    chargesSoFar: provider.chargesSoFar,
    async charges() {
      const { rows } = await pool.query("SELECT id, order_reference FROM payments");
      const orderOf = new Map(rows.map(({ id, order_reference }) => [id, order_reference as string]));
      const charges = await provider.ledger();
      return charges.map((charge) => ({
        objectId: charge.payment_intent,
        order: orderOf.get(charge.payment_id ?? "") ?? null,
        amountMinor: charge.amount,
      }));
    },
    async records() {
      const { rows } = await pool.query(
        "SELECT order_reference, provider_object_id FROM payments WHERE status = 'succeeded'",
      );
      return rows.map((row) => ({ order: row.order_reference, objectId: row.provider_object_id }));
    },
    async tellRows() {
      const { rows } = await pool.query(
        "SELECT order_reference, kind, at FROM timeline JOIN payments ON payments.id = payment_id",
      );
      for (const { order_reference: order, kind, at } of rows) {
        log.addAt(at, { order, from: "service", to: "database", text: WRITTEN[kind] ?? `writes: ${kind}` });
      }
    },
  };
  return { side, databaseUrl: stack.info.databaseUrl };
}

/** A shop's page that has Payonce behind it: an order that was taken is followed to its end, however often Pay is pressed. */
function createPage({ apiUrl, secretKey }: { apiUrl: string; secretKey: string }, log: StoryLog) {
  const following = new Map<string, Promise<Said>>();

  async function follow(order: string, id: string): Promise<Said> {
    const deadlineMs = Date.now() + settleLimitMs;
    while (Date.now() < deadlineMs) {
      const status = await readStatus(id);
      if (status === "succeeded" || status === "declined" || status === "canceled") {
        const said = status === "succeeded" ? "paid" : "failed";
        log.add({ order, from: "service", to: "customer", text: said });
        return said;
      }
      // Not there, or it answers before its time: no reason to ask in a tight loop.
      if (status === undefined) await delay(300);
    }
    return "nothing";
  }

  async function readStatus(id: string): Promise<string | undefined> {
    try {
      const answer = await fetch(`${apiUrl}/v1/payments/${id}?wait=5`, {
        headers: { authorization: `Bearer ${secretKey}` },
        signal: AbortSignal.timeout(pageTimeoutMs),
      });
      return answer.ok ? ((await answer.json()) as { status: string }).status : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    hasAccepted: (order: string) => following.has(order),
    async pay(checkout: PlannedCheckout): Promise<Said> {
      const { order } = checkout;
      const pressed = await pressPay(apiUrl, checkout, { log, secretKey });
      if (pressed === undefined) return "nothing";
      const isTaken = pressed.status === 202 && pressed.body.id !== undefined;
      const text = !isTaken ? `${pressed.status}` : pressed.isReplayed ? "the same payment" : "202 accepted";
      log.add({ order, from: "service", to: "customer", text });
      if (!isTaken) return "failed";
      const followed = following.get(order) ?? follow(order, pressed.body.id ?? "");
      following.set(order, followed);
      return followed;
    },
  };
}

async function crash({ info }: Stack, signal: AbortSignal): Promise<void> {
  const before = SERVICE.flatMap((app) => info.pids[app]);
  for (const pid of before) process.kill(pid, "SIGKILL");
  const isBack = () =>
    SERVICE.flatMap((app) => info.pids[app]).every((pid) => !before.includes(pid)) &&
    answersOk(`${info.apiUrl}/healthz`);
  await waitUntil("Payonce to be back", isBack, { timeoutMs: 60_000, signal });
}
