import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";
import { auditedState, lockPayment, type OperatedPayment } from "./operate-on-payment.ts";

export type ResolvedAs = "succeeded" | "declined" | "canceled";

export type ResolveResult =
  | { result: "resolved" | "changed" | "not_dead_lettered" | "no_object"; payment: OperatedPayment }
  | { result: "not_found" };

const RESOLVE = `
WITH u AS (
  UPDATE payments SET status = $3, version = version + 1, outcome_unknown = false, dead_letter_reason = NULL,
    failure_code = CASE WHEN $3 = 'declined' THEN 'resolved_by_operator' END, updated_at = clock_timestamp()
  WHERE id = $1 AND version = $2 AND status = 'dead_lettered' RETURNING id, version, status, dispatch
), t AS (
  INSERT INTO timeline (payment_id, version, kind, code) SELECT id, version, status, 'resolved_by_operator' FROM u
), o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT 'event', id, version, dispatch FROM u
)
SELECT version, pg_notify('outbox', '') FROM u`;

/**
 * Ends a dead letter on evidence that a person has seen, when the provider itself cannot be asked. The one way in which an
 * unknown outcome ends without the provider's object; reconciliation still compares it with the provider afterwards.
 *
 * @param version as the operator saw it: evidence is about what was looked at
 * @param evidence what was seen and where, such as a charge's id in the provider's dashboard; kept in the audit log
 */
export function resolveDeadLetter(
  pool: pg.Pool,
  actor: Actor,
  { id, version }: { id: string; version: number },
  { outcome, evidence, reason }: { outcome: ResolvedAs; evidence: string; reason: string },
): Promise<ResolveResult> {
  return withAudit(pool, async (client): Promise<ResolveResult> => {
    const before = await lockPayment(client, id);
    if (!before) return { result: "not_found" };
    if (before.status !== "dead_lettered") return { result: "not_dead_lettered", payment: before };
    if (before.version !== version) return { result: "changed", payment: before };
    // Money moves through the stored object alone: without one there is nothing that could have charged.
    if (outcome === "succeeded" && before.providerObjectId === null) return { result: "no_object", payment: before };
    await client.query(RESOLVE, [id, version, outcome]);
    const payment = await lockPayment(client, id);
    if (!payment) throw new Error("a payment that was locked is gone");
    const after = { ...auditedState(payment), evidence };
    await appendAudit(client, actor, [
      { action: "resolve", paymentId: id, reason, before: auditedState(before), after },
    ]);
    return { result: "resolved", payment };
  });
}
