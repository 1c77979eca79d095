import { z } from "zod";
import type { Books } from "../books.ts";
import type { AnyCharge } from "../charges/stripe-charge.ts";
import type { Due, UsedKey } from "../due.ts";
import { underFault } from "../fault.ts";
import { newId } from "../ids.ts";
import type { Charge } from "../ledger.ts";
import { executed, type OperationRequest, type Outcome, refused } from "../outcome.ts";
import { expandParam, integerParam, metadataParam, readParams, textParam } from "../params.ts";
import {
  chargeAlreadyRefunded,
  invalidRequest,
  noChargeToRefund,
  noSuchParam,
  refundTooLarge,
} from "../stripe-errors.ts";
import { findCard } from "../tokens.ts";
import { newRefund, type RefundRecord } from "./refund.ts";
import { FAILURE_REASON, REFUND_FAULTS, type RefundFault } from "./refund-faults.ts";

const createParams = z.strictObject({
  payment_intent: textParam.optional(),
  charge: textParam.optional(),
  amount: integerParam({ min: 1 }).optional(),
  metadata: metadataParam.optional(),
  reason: z.enum(["duplicate", "fraudulent", "requested_by_customer"]).optional(),
  expand: expandParam.optional(),
});

/** What a request for a refund says. */
export type WantedRefund = z.infer<typeof createParams>;
type ReadBooks = Pick<Books, "intent" | "allCharges" | "chargesOf" | "refunds" | "settings">;

/** POST /v1/refunds: gives money of a captured charge back, all that is left of it where no amount is said. */
export function createRefund(books: ReadBooks, request: OperationRequest): Outcome {
  const params = readParams(createParams, request.params);
  if (!params.ok) return refused(params.answer);
  const found = findCharge(books, params.value);
  if ("answer" in found) return refused(found.answer);
  const { record, charge } = found;
  if (charge === undefined) return executed(noChargeToRefund(record.intent.id));

  const earlier = record.refunds ?? 0;
  const { next_refunds: next } = books.settings();
  const name = next?.fault ?? findCard(record.intent.payment_method ?? "")?.refundFault;
  const fault: RefundFault | undefined = name && REFUND_FAULTS[name];
  const strikes = fault && (next || fault.always || earlier === 0) ? fault : undefined;
  // That there was such a request stays true whatever comes of it, or the fault would strike its repetition as well.
  const spent: Outcome["change"] = {
    intent: { ...record, refunds: earlier + 1 },
    ...(next && { next_refunds: next.times > 1 ? { ...next, times: next.times - 1 } : null }),
    ...(strikes?.isLate && { due: lateRefund(request, record.intent.id, params.value) }),
  };
  const execute = () => refundCharge(books, charge, params.value, { ...request, fault: strikes });
  return underFault(strikes?.call && { ...strikes.call, on: "first" }, () => withChange(execute(), spent), spent);
}

type Execution = {
  readonly key: UsedKey | null;
  readonly now: Date;
  readonly slowMs: number;
  readonly fault?: RefundFault | undefined;
};

/** Takes what is asked for off the charge, and never more than it holds. */
export function refundCharge(books: ReadBooks, charge: Charge, wanted: WantedRefund, execution: Execution): Outcome {
  const left = charge.amount - books.refunds.refundedMinor(charge.payment_intent);
  if (left === 0) return executed(chargeAlreadyRefunded(charge.id));
  const amount = wanted.amount ?? left;
  if (amount > left) return executed(refundTooLarge({ amount, left, currency: charge.currency }));

  const { key, now, slowMs, fault } = execution;
  const { metadata = {}, reason = null } = wanted;
  const status = fault?.bank?.atFirst ?? "succeeded";
  const refund = newRefund(charge, { amount, metadata, reason, status }, now);
  const record: RefundRecord = { refund, idempotency_key: key?.value ?? null, created_at: now.toISOString() };
  const due: Due | null = fault?.bank
    ? {
        kind: "refund_status",
        id: newId("due"),
        at: new Date(now.getTime() + 2 * slowMs).toISOString(),
        refund: refund.id,
        status: fault.bank.finally,
        failure_reason: fault.bank.finally === "failed" ? FAILURE_REASON : null,
      }
    : null;
  return executed({ status: 200, body: refund }, { refund: record, ...(due && { due }) });
}

function lateRefund({ key, requestId }: OperationRequest, paymentIntent: string, wanted: WantedRefund): Due {
  return {
    kind: "late_refund",
    id: newId("due"),
    payment_intent: paymentIntent,
    at: null,
    wanted,
    key,
    request_id: requestId,
  };
}

function withChange(outcome: Outcome, change: Outcome["change"]): Outcome {
  return { ...outcome, change: { ...change, ...outcome.change } };
}

function findCharge(books: ReadBooks, { payment_intent, charge }: WantedRefund) {
  if ((payment_intent === undefined) === (charge === undefined))
    return { answer: invalidRequest("Give either payment_intent or charge.", { param: "payment_intent" }) };
  const named = charge === undefined ? undefined : books.allCharges.get(charge);
  const record = books.intent(payment_intent ?? named?.payment_intent ?? "");
  if (record === undefined)
    return { answer: noSuchParam(charge === undefined ? "payment_intent" : "charge", payment_intent ?? charge ?? "") };
  const isCaptured = (one: AnyCharge): one is Charge => "captured_at" in one;
  return { record, charge: books.chargesOf(record.intent.id).find(isCaptured) };
}
