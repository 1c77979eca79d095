import type pg from "pg";
import { type Actor, withAudit } from "../audit.ts";
import { endRefund } from "./end-refund.ts";
import { lockRefund, type OperatedRefund } from "./operate-on-refund.ts";

export type RefundResolvedAs = "succeeded" | "failed";

export interface RefundResolution {
  outcome: RefundResolvedAs;
  /** The provider's refund: needed for `succeeded` where it is not known yet. */
  providerRefundId: string | null;
  /** What was seen and where; kept in the audit log. */
  evidence: string;
  reason: string;
}

/**
 * - `on_its_way`: called failed too early, the amount could be refunded again while the first request still arrives.
 * - `no_provider_refund`: what has succeeded is at the provider, under an id.
 * - `other_provider_refund`: another one is known to be this refund's.
 * - `provider_refund_taken`: that one is another refund's.
 */
export type ResolveRefundResult =
  | {
      result:
        | "resolved"
        | "changed"
        | "not_dead_lettered"
        | "on_its_way"
        | "no_provider_refund"
        | "other_provider_refund"
        | "provider_refund_taken";
      refund: OperatedRefund;
    }
  | { result: "not_found" };

/**
 * Ends a dead-lettered refund on evidence that a person has seen, when the provider itself cannot be asked. A later look
 * still compares it with the provider's list.
 *
 * @param version as the operator saw it: evidence is about what was looked at
 */
export function resolveRefund(
  pool: pg.Pool,
  actor: Actor,
  { id, version }: { id: string; version: number },
  { outcome, providerRefundId, evidence, reason }: RefundResolution,
): Promise<ResolveRefundResult> {
  return withAudit(pool, async (client): Promise<ResolveRefundResult> => {
    const before = await lockRefund(client, id);
    if (!before) return { result: "not_found" };
    if (before.status !== "dead_lettered") return { result: "not_dead_lettered", refund: before };
    if (before.version !== version) return { result: "changed", refund: before };
    const known = before.providerRefundId;
    if (outcome === "failed" && before.mayBeOnItsWay) return { result: "on_its_way", refund: before };
    if (outcome === "succeeded" && (known ?? providerRefundId) === null)
      return { result: "no_provider_refund", refund: before };
    if (known !== null && providerRefundId !== null && known !== providerRefundId)
      return { result: "other_provider_refund", refund: before };
    if (await isTaken(client, id, providerRefundId)) return { result: "provider_refund_taken", refund: before };
    const code = "resolved_by_operator";
    const end = { status: outcome, code, failureCode: outcome === "failed" ? code : null, providerRefundId };
    const refund = await endRefund(client, actor, before, end, { action: "resolve_refund", reason, evidence });
    return { result: "resolved", refund };
  });
}

async function isTaken(client: pg.PoolClient, id: string, providerRefundId: string | null): Promise<boolean> {
  const { rowCount } = await client.query("SELECT 1 FROM refunds WHERE provider_refund_id = $2 AND id <> $1", [
    id,
    providerRefundId,
  ]);
  return rowCount !== 0;
}
