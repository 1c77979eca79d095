import { isRefundAtRest } from "@payonce/domain";
import type pg from "pg";
import { type Actor, appendAudit, withAudit } from "../audit.ts";
import { auditedRefund, lockRefund, type OperatedRefund } from "./operate-on-refund.ts";

export type LookUpRefundResult =
  | { result: "asked" | "nothing_to_look_up"; refund: OperatedRefund }
  | { result: "not_found" };

/**
 * Has a charger read the provider's list of the payment's refunds now. It moves no money and spends no try: a refund that is
 * pending or dead-lettered ends as the list says; against one that has ended an anomaly is opened.
 */
export function lookUpRefund(pool: pg.Pool, actor: Actor, id: string, reason: string): Promise<LookUpRefundResult> {
  return withAudit(pool, async (client): Promise<LookUpRefundResult> => {
    const refund = await lockRefund(client, id);
    if (!refund) return { result: "not_found" };
    // Before anything was sent there is nothing of it to see. What is at rest may be in the list all the same: a backup that
    // was restored does not know what was sent after it.
    if (!refund.wasSent && !isRefundAtRest(refund.status)) return { result: "nothing_to_look_up", refund };
    await client.query(
      `WITH o AS (
         INSERT INTO outbox (kind, payment_id, version, dispatch, refund_id) VALUES ('refund_look', $1, $2, $3, $4) RETURNING id
       ) SELECT pg_notify('outbox', '') FROM o`,
      [refund.paymentId, refund.version, refund.dispatch, id],
    );
    const state = auditedRefund(refund);
    const entry = { action: "look_up_refund", paymentId: refund.paymentId, target: id, reason };
    await appendAudit(client, actor, [{ ...entry, before: state, after: state }]);
    return { result: "asked", refund };
  });
}
