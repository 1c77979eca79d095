import type pg from "pg";
import { type Actor, withAudit } from "../audit.ts";
import { endRefund } from "./end-refund.ts";
import { lockRefund, type OperatedRefund } from "./operate-on-refund.ts";

export type DiscardRefundResult =
  | { result: "discarded" | "changed" | "not_dead_lettered" | "outcome_unknown"; refund: OperatedRefund }
  | { result: "not_found" };

/**
 * Gives up a dead-lettered refund of which no request can have run: it ends as failed, and its amount can be refunded again.
 * Nothing of it is at the provider that would have to be closed.
 *
 * @param version as the operator saw it
 */
export function discardRefund(
  pool: pg.Pool,
  actor: Actor,
  { id, version }: { id: string; version?: number | undefined },
  reason: string,
): Promise<DiscardRefundResult> {
  return withAudit(pool, async (client): Promise<DiscardRefundResult> => {
    const before = await lockRefund(client, id);
    if (!before) return { result: "not_found" };
    if (before.status !== "dead_lettered") return { result: "not_dead_lettered", refund: before };
    if (version !== undefined && version !== before.version) return { result: "changed", refund: before };
    // One that was seen at the provider may move money yet, whatever was known of it when it was dead-lettered.
    if (before.outcomeUnknown || before.providerRefundId !== null) return { result: "outcome_unknown", refund: before };
    const failureCode = "discarded_by_operator";
    const end = { status: "failed", code: "operator_discard", failureCode, providerRefundId: null } as const;
    const refund = await endRefund(client, actor, before, end, { action: "discard_refund", reason });
    return { result: "discarded", refund };
  });
}
