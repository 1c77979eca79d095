import { setTimeout as delay } from "node:timers/promises";
import { retryRefunds } from "@payonce/db";
import { lookUp } from "@payonce/db/operations";
import type { ClientLog } from "../client-log.ts";
import type { Random } from "../random.ts";
import type { StormStack } from "../storm-stack.ts";

const REASON = "The storm's operator thinks that it will work now";

/** Somebody who is at the dead letters all the time, and not always to their good. */
export interface StormOperator {
  /** Until `closing`: looks at the dead letters, and retries, looks up or discards one or the other. */
  work(closing: AbortSignal): Promise<void>;
  /** Asks the provider about every dead letter of which it is not known whether it was charged, and retries the refunds. */
  clearUp(): Promise<void>;
}

export function createOperator(stack: StormStack, log: ClientLog, random: Random): StormOperator {
  const ask = async (path: string, body?: Record<string, unknown>) => {
    const url = `${stack.info.opsUrl}/ops/v1${path}`;
    const request = { visit: "operator", call: "operate", merchantId: "", url, idempotencyKey: null } as const;
    const n = log.sent({ ...request, body: body ?? null });
    try {
      const response = await fetch(url, {
        method: body ? "POST" : "GET",
        headers: { authorization: `Bearer ${stack.operatorToken}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(4_000),
      });
      const answer = (await response.json()) as { data?: { id: string; outcome_unknown: boolean; version: number }[] };
      log.answered(n, response.status, body ? (answer as Record<string, unknown>) : null);
      return answer;
    } catch (error) {
      log.gaveUp(n, (error as Error).name);
      return null;
    }
  };
  const listDeadLetters = async () => (await ask("/dead_letters?limit=50"))?.data ?? [];
  return {
    async work(closing) {
      if (stack.operatorToken === null) return;
      while (!closing.aborted) {
        await delay(random.between(300, 1_200), undefined, { signal: closing }).catch(() => {});
        const letters = await listDeadLetters();
        if (closing.aborted || letters.length === 0) continue;
        const { id, version } = random.pick(letters);
        const action = random.pick(["retry", "retry", "look_up", "discard"]);
        const body = { reason: REASON, ...(action === "retry" && random.chance(0.5) && { version }) };
        const presses = random.between(1, 2);
        await Promise.all(Array.from({ length: presses }, () => ask(`/payments/${id}/${action}`, body)));
      }
    },
    async clearUp() {
      const unknown = await stack.db.pool.query<{ id: string }>(
        "SELECT id FROM payments WHERE status = 'dead_lettered' AND outcome_unknown",
      );
      const actor = { operatorId: null, name: "cli:storm", via: "cli" as const };
      for (const { id } of unknown.rows) await lookUp(stack.db.pool, actor, id, REASON);
      const refunds = await stack.db.pool.query<{ id: string }>(
        "SELECT id FROM refunds WHERE status = 'dead_lettered'",
      );
      if (refunds.rows.length > 0) await retryRefunds(stack.db.pool, actor, refunds.rows, REASON);
    },
  };
}
