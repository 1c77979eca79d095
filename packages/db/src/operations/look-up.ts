import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";
import { auditedState, lockPayment, type OperatedPayment } from "./operate-on-payment.ts";

export type LookUpResult =
  | { result: "asked" | "nothing_to_look_up"; payment: OperatedPayment }
  | { result: "not_found" };

// The provider's object does not tell of its refunds: where there are any, their list is read as well.
const ASK = `
WITH o AS (
  INSERT INTO outbox (kind, payment_id, version, dispatch) SELECT kind, $1::text, $2::int, $3::int
  FROM (VALUES ('look_again'), ('refunds_compare')) AS asked(kind)
  WHERE kind = 'look_again' OR EXISTS (SELECT 1 FROM refunds WHERE payment_id = $1) RETURNING id
) SELECT pg_notify('outbox', '') FROM o LIMIT 1`;

/**
 * Has the charger ask the provider about a payment and its refunds now, whatever state it is in. It spends no try and
 * decides nothing by itself: what is unknown, or a dead letter, ends as the provider says; against a final state an anomaly
 * is opened.
 */
export function lookUp(pool: pg.Pool, actor: Actor, paymentId: string, reason: string): Promise<LookUpResult> {
  return withAudit(pool, async (client): Promise<LookUpResult> => {
    const payment = await lockPayment(client, paymentId);
    if (!payment) return { result: "not_found" };
    if (payment.providerObjectId === null) return { result: "nothing_to_look_up", payment };
    await client.query(ASK, [paymentId, payment.version, payment.dispatch]);
    const state = auditedState(payment);
    await appendAudit(client, actor, [{ action: "look_up", paymentId, reason, before: state, after: state }]);
    return { result: "asked", payment };
  });
}
