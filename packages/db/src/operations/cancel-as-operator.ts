import type pg from "pg";
import { type CancelResult, cancelPayment } from "../cancel.ts";
import { type Actor, appendAudit, withAudit } from "./audit.ts";
import { auditedState, lockPayment, type OperatedPayment } from "./operate-on-payment.ts";

export type OperatorCancelResult =
  | { result: Exclude<CancelResult, "not_found">; payment: OperatedPayment }
  | { result: "not_found" };

/** Cancels a payment that has provably not been charged, by the rules that hold for its merchant. */
export function cancelAsOperator(
  pool: pg.Pool,
  actor: Actor,
  paymentId: string,
  reason: string,
): Promise<OperatorCancelResult> {
  return withAudit(pool, async (client): Promise<OperatorCancelResult> => {
    const before = await lockPayment(client, paymentId);
    if (!before) return { result: "not_found" };
    const result = await cancelPayment(client, before);
    const payment = await lockPayment(client, paymentId);
    if (!payment || result === "not_found") return { result: "not_found" };
    const hasChanged = payment.version !== before.version;
    if (hasChanged) {
      const entry = { action: "cancel", paymentId, reason, before: auditedState(before), after: auditedState(payment) };
      await appendAudit(client, actor, [entry]);
    }
    return { result, payment };
  });
}
