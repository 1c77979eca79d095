import type { Books, Change } from "../books.ts";
import type { AnyCharge } from "../charges/stripe-charge.ts";
import type { LateRefundDue, RefundStatusDue } from "../due.ts";
import type { Charge } from "../ledger.ts";
import { storedUnder } from "../stored-answer.ts";
import { refundCharge } from "./create-refund.ts";
import { refundAfter } from "./refund.ts";

/** The bank's last word on a refund. */
export function endRefund(books: Books, due: RefundStatusDue): Change {
  const record = books.refunds.all.get(due.refund);
  if (record === undefined) return {};
  return { refund: { ...record, refund: refundAfter(record.refund, due.status, due.failure_reason) } };
}

/** A request for a refund that was stuck on its way arrives. Its key counts as ever: what has been done is not done again. */
export function runLateRefund(books: Books, due: LateRefundDue & { readonly at: string }): Change {
  if (due.key && books.storedAnswer(due.key.scope) !== undefined) return {};
  const isCaptured = (one: AnyCharge): one is Charge => "captured_at" in one;
  const charge = books.chargesOf(due.payment_intent).find(isCaptured);
  if (charge === undefined) return {};
  const { answer, change } = refundCharge(books, charge, due.wanted, {
    key: due.key,
    now: new Date(due.at),
    slowMs: 0,
  });
  return { ...change, ...(due.key && { answer: storedUnder(due.key, due.request_id, answer) }) };
}
