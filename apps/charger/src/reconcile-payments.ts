import {
  type AnomalyReport,
  findUnlistedPayments,
  openAnomalies,
  type ReconciledPayment,
  type ReconciliationFinding,
  type ReconciliationRun,
  saveReconciledPage,
} from "@payonce/db";
import type { ProviderAnswer } from "@payonce/domain";
import { askProvider, codeOf } from "./ask-provider.ts";
import { findContradiction } from "./inspect-payment.ts";
import type { ReconcileOptions, Turn } from "./reconcile.ts";

const PAGE = 100;

/**
 * The next page of our succeeded payments: has each of them its charge? The provider has listed nearly all. The others are
 * asked for one by one, because an object made outside the listed period is no difference.
 */
export async function reconcilePayments(options: ReconcileOptions, run: ReconciliationRun): Promise<Turn> {
  const { session, provider, apiVersion, pageSize = PAGE } = options;
  const { lastId, payments, unlisted } = await findUnlistedPayments(session, run, pageSize);
  if (lastId === null) return { kind: "done" };

  const anomalies: AnomalyReport[] = [];
  const findings: ReconciliationFinding[] = [];
  for (const payment of unlisted) {
    const { id: paymentId, providerObjectId, providerApiVersion } = payment;
    // A constraint says that what has succeeded has stored its object.
    if (providerObjectId === null) continue;
    const object = { id: providerObjectId, apiVersion: providerApiVersion ?? apiVersion };
    const answer = await askProvider(options, () => provider.retrieve(object));
    if (answer.kind === "stopped" || answer.kind === "provider_unreachable") return answer;
    const kind = contradictionOf(payment, answer);
    if (kind === "unseen") return { kind: "provider_unreachable", code: codeOf(answer) };
    if (kind === null) continue;
    const { amountMinor, currency, status: paymentStatus } = payment;
    anomalies.push({ kind, paymentId, providerObjectId, evidence: [answer.evidence] });
    findings.push({ kind, providerObjectId, paymentId, paymentStatus, amountMinor, currency });
  }
  await openAnomalies(session, anomalies);
  const progress = { ...run, paymentCursor: lastId };
  return { kind: "saved", run: await saveReconciledPage(session, run.id, { progress, seen: [], payments, findings }) };
}

/** `unseen` when the provider refuses to show its object without saying that there is none. */
function contradictionOf(payment: ReconciledPayment, answer: ProviderAnswer): string | null {
  if (answer.kind === "object") return findContradiction(payment, answer.payment);
  return answer.evidence.httpStatus === 404 ? "succeeded_without_charge" : "unseen";
}
