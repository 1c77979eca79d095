import type pg from "pg";
import { cancelPayment } from "../cancel.ts";
import { type Actor, appendAudit, withAudit } from "./audit.ts";
import { auditedState, lockPayment, type OperatedPayment } from "./operate-on-payment.ts";

export type DiscardResult =
  | { result: "discarded" | "changed" | "not_dead_lettered" | "outcome_unknown"; payment: OperatedPayment }
  | { result: "not_found" };

// Back among the living for as long as this transaction: from there the one way of canceling is open to it.
const REVIVE = `
WITH u AS (
  UPDATE payments SET status = 'queued', version = version + 1, dispatch = dispatch + 1, idle_dispatches = 0, tries = 0,
    dead_letter_reason = NULL, next_action_at = clock_timestamp(), updated_at = clock_timestamp()
  WHERE id = $1 AND status = 'dead_lettered' AND NOT outcome_unknown RETURNING id, version, status
)
INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, status, 'operator_discard' FROM u`;

/**
 * Gives up a dead letter that provably was not charged: it ends as `canceled`. Where it has an object at the provider, that
 * is closed first, as with every cancel, and nobody may charge it meanwhile.
 *
 * @param version as the operator saw it
 */
export function discardDeadLetter(
  pool: pg.Pool,
  actor: Actor,
  { id, version }: { id: string; version?: number | undefined },
  reason: string,
): Promise<DiscardResult> {
  return withAudit(pool, async (client): Promise<DiscardResult> => {
    const before = await lockPayment(client, id);
    if (!before) return { result: "not_found" };
    if (before.status !== "dead_lettered") return { result: "not_dead_lettered", payment: before };
    if (version !== undefined && version !== before.version) return { result: "changed", payment: before };
    if (before.outcomeUnknown) return { result: "outcome_unknown", payment: before };
    await client.query(REVIVE, [id]);
    const canceled = await cancelPayment(client, before);
    const payment = await lockPayment(client, id);
    if (!payment || (canceled !== "canceled" && canceled !== "requested"))
      throw new Error(`a dead letter that was revived could not be canceled: ${canceled}`);
    const entry = {
      action: "discard",
      paymentId: id,
      reason,
      before: auditedState(before),
      after: auditedState(payment),
    };
    await appendAudit(client, actor, [entry]);
    return { result: "discarded", payment };
  });
}
