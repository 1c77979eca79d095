import {
  type ComparedPayment,
  type ComparedRefund,
  findKnownRefunds,
  moveRefund,
  openAnomaly,
  postponeLook,
  readRefundsForComparison,
  wakeRefund,
} from "@payonce/db";
import {
  findOwnRefund,
  judgeRefund,
  lookWaitMs,
  type ProviderRefund,
  type RefundEvidence,
  refundFailureCode,
  refundStateOf,
  reservesMoney,
} from "@payonce/domain";
import { crashPoint } from "@payonce/service";
import type pg from "pg";
import type { RefundProvider } from "../providers/refund-provider.ts";

export interface CompareOptions {
  pool: pg.Pool;
  provider: RefundProvider;
  account: string;
  lookWaitsMs: readonly number[];
  random: () => number;
}

/**
 * `unseen` when the provider could not show its list: try again later. `account_differs` when it was charged at another
 * account than our key's, where there is nothing of it to see.
 */
export type Comparison = "compared" | "nothing_to_compare" | "account_differs" | "unseen";

/**
 * Compares all refunds of a payment with those the provider has, in one look: those that are pending and due, a success that
 * a bank may have sent back, a dead letter that has gone through after all. What the evidence moves is moved; what a charger
 * can do is woken; everything else that differs is an anomaly: money that others sent back, or that went back twice.
 */
export async function compareRefunds(options: CompareOptions, paymentId: string): Promise<Comparison> {
  const { pool, provider, account } = options;
  const payment = await readRefundsForComparison(pool, paymentId);
  if (!payment) return "nothing_to_compare";
  const { providerObjectId: id, providerApiVersion: apiVersion, providerAccount } = payment;
  if (id === null || apiVersion === null) return "nothing_to_compare";
  if (providerAccount !== account) return "account_differs";
  const answer = await provider.listRefunds({ id, apiVersion });
  if (answer.kind !== "listed") return "unseen";
  for (const refund of payment.refunds) await compareOne(options, paymentId, refund, answer);
  await reportStrangers(options, payment, answer);
  return "compared";
}

interface Listed {
  refunds: readonly ProviderRefund[];
  evidence: RefundEvidence;
}

async function compareOne(
  { pool, lookWaitsMs, random }: CompareOptions,
  paymentId: string,
  refund: ComparedRefund,
  { refunds, evidence }: Listed,
): Promise<void> {
  const own = findOwnRefund(refunds, refund.id);
  const shown = own?.refund ?? null;
  const report = (kind: string) =>
    openAnomaly(pool, {
      kind,
      paymentId,
      providerObjectId: shown?.id ?? refund.providerRefundId,
      evidence: { refund: refund.id, status: refund.status, shown, calls: [evidence] },
    });
  if (own?.isDoubled) await report("refund_doubled");
  const { to, anomaly, shouldWake } = judgeRefund(refund, shown);
  if (anomaly !== null) await report(anomaly);
  if (shouldWake) await wakeRefund(pool, refund.id);
  if (to !== null && shown !== null) {
    crashPoint("refund-move.before");
    await moveRefund(pool, {
      refundId: refund.id,
      version: refund.version,
      from: refund.status,
      to,
      failureCode: refundFailureCode(to, shown),
      providerRefundId: shown.id,
      waitMs: to === "pending" ? lookWaitMs(0, lookWaitsMs, random) : null,
      startedAt: evidence.at,
      evidence: [{ ...evidence, objectId: shown.id, state: shown.state }],
    });
  } else if (refund.status === "pending")
    await postponeLook(pool, refund, lookWaitMs(refund.looks + 1, lookWaitsMs, random));
}

/** Money that went back without a refund of ours: by hand at the provider, or by us, before an old backup was restored. */
async function reportStrangers({ pool }: CompareOptions, payment: ComparedPayment, { refunds, evidence }: Listed) {
  const strangers = refunds.filter(({ refundId }) => !payment.refunds.some(({ id }) => id === refundId));
  // Ours were read before the list: one that has been asked for since is in the list, and has its row by now.
  const known = await findKnownRefunds(
    pool,
    strangers.flatMap(({ refundId }) => refundId ?? []),
  );
  for (const refund of strangers) {
    if (refund.refundId !== null && known.has(refund.refundId)) continue;
    const state = refundStateOf(refund);
    if (state !== null && !reservesMoney(state)) continue;
    await openAnomaly(pool, {
      kind: refund.refundId === null ? "refund_made_elsewhere" : "refund_without_request",
      paymentId: payment.paymentId,
      providerObjectId: refund.id,
      evidence: { shown: refund, calls: [evidence] },
    });
  }
}
