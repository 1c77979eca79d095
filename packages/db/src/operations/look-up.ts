import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "./audit.ts";
import { auditedState, lockPayment, type OperatedPayment } from "./operate-on-payment.ts";

export type LookUpResult =
  | { result: "asked" | "nothing_to_look_up"; payment: OperatedPayment }
  | { result: "not_found" };

/**
 * Has the charger ask the provider about a payment now, whatever state it is in. It spends no try and decides nothing by
 * itself: an unknown payment, or a dead letter, ends as its object says; against a final state an anomaly is opened.
 */
export function lookUp(pool: pg.Pool, actor: Actor, paymentId: string, reason: string): Promise<LookUpResult> {
  return withAudit(pool, async (client): Promise<LookUpResult> => {
    const payment = await lockPayment(client, paymentId);
    if (!payment) return { result: "not_found" };
    if (payment.providerObjectId === null) return { result: "nothing_to_look_up", payment };
    await client.query(
      `WITH o AS (INSERT INTO outbox (kind, payment_id, version, dispatch) VALUES ('look_again', $1, $2, $3) RETURNING id)
       SELECT pg_notify('outbox', '') FROM o`,
      [paymentId, payment.version, payment.dispatch],
    );
    const state = auditedState(payment);
    await appendAudit(client, actor, [{ action: "look_up", paymentId, reason, before: state, after: state }]);
    return { result: "asked", payment };
  });
}
