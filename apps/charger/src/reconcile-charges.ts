import {
  type AnomalyReport,
  openAnomalies,
  type ReconciledPayment,
  type ReconciliationFinding,
  type ReconciliationRun,
  readChargedPayments,
  saveReconciledPage,
} from "@payonce/db";
import { idSchema, isFinal } from "@payonce/domain";
import type pg from "pg";
import { askProvider, codeOf, pause } from "./ask-provider.ts";
import { findContradiction } from "./inspect-payment.ts";
import type { ListedObject } from "./providers/provider.ts";
import type { ReconcileOptions, Turn } from "./reconcile.ts";

/** Clocks apart: an object may seem to be older than its payment. */
const MARGIN_MS = 300_000;
const REREAD_AFTER_MS = 1_000;

/** The next page of the provider's list: has each charge the payment it should have? */
export async function reconcileCharges(options: ReconcileOptions, run: ReconciliationRun): Promise<Turn> {
  const { session, provider } = options;
  const period = { from: new Date(run.periodFrom.getTime() - MARGIN_MS), to: run.chargesTo };
  const page = await askProvider(options, () => provider.list(period, run.providerCursor));
  if (page.kind === "stopped" || page.kind === "provider_unreachable") return page;
  if (page.kind !== "page") {
    if (run.providerCursor === null) return { kind: "provider_unreachable", code: codeOf(page) };
    // The provider refuses the place at which we stopped: its list is read from the start.
    return saveListed(session, run, { nextCursor: null, isLast: false });
  }

  // Only a charge can differ. Whether a payment that we call succeeded has one is asked the other way round.
  const charges = page.objects.filter(({ state }) => state === "succeeded").map(withReadableId);
  const differences = await findDifferences(options, run, charges);
  if (differences === "stopped") return { kind: "stopped" };
  const anomalies = differences.filter(({ kind }) => kind !== "healing");
  // Before the page is saved: a run that is killed between the two opens them again, which does nothing.
  await openAnomalies(
    session,
    anomalies.map((difference) => toAnomaly(difference, run)),
  );
  return saveListed(session, run, {
    nextCursor: page.nextCursor,
    isLast: page.nextCursor === null,
    seen: charges.map(({ id }) => id),
    findings: differences.map(toFinding),
  });
}

async function saveListed(
  session: pg.PoolClient,
  run: ReconciliationRun,
  listed: { nextCursor: string | null; isLast: boolean; seen?: string[]; findings?: ReconciliationFinding[] },
): Promise<Turn> {
  const { nextCursor, isLast, seen = [], findings = [] } = listed;
  const progress = { ...run, providerCursor: nextCursor, isProviderListed: isLast };
  return { kind: "saved", run: await saveReconciledPage(session, run.id, { progress, seen, payments: 0, findings }) };
}

interface Difference {
  kind: string;
  charge: ListedObject;
  payment: ReconciledPayment | null;
}

/** Compared twice where the first time something differs: what is being charged at this moment is no difference. */
async function findDifferences(
  { session, signal, rereadAfterMs = REREAD_AFTER_MS }: ReconcileOptions,
  { providerAccount }: ReconciliationRun,
  charges: readonly ListedObject[],
): Promise<Difference[] | "stopped"> {
  const compare = async (some: readonly ListedObject[]): Promise<Difference[]> => {
    if (some.length === 0) return [];
    const payments = await readChargedPayments(session, some);
    return some.flatMap((charge) => {
      const payment = payments.get(charge.id) ?? null;
      const kind = differenceOf(charge, payment, providerAccount);
      return kind === null ? [] : [{ kind, charge, payment }];
    });
  };
  const first = await compare(charges);
  const isAnyAtWork = first.some(({ payment }) => payment?.isAtWork);
  if (isAnyAtWork && !(await pause(rereadAfterMs, signal))) return "stopped";
  return compare(first.map(({ charge }) => charge));
}

/**
 * What is wrong between a charge and its payment: `healing` when the charger will put it right once it looks, an
 * anomaly's kind when a person has to, null when nothing.
 *
 * @param payment as read after the charge was listed: what is confirmed was stored before
 */
export function differenceOf(charge: ListedObject, payment: ReconciledPayment | null, account: string): string | null {
  if (payment === null) return "charge_without_payment";
  const { providerObjectId, providerAccount, isAtWork, status } = payment;
  // An attempt that stores nothing yet may be about to store what it has found: the look comes when it is over.
  if (providerObjectId === null && isAtWork) return "healing";
  if (providerObjectId !== charge.id) return "charged_object_not_stored";
  const contradiction = findContradiction(payment, charge);
  if (isFinal(status) || contradiction === "provider_mismatch") return contradiction;
  // The charger touches nothing of another account, so it would never adopt this one.
  return providerAccount === null || providerAccount === account ? "healing" : "provider_mismatch";
}

/** The metadata can be written by whoever has the key: only what may be an id of ours is looked up and kept. */
function withReadableId(object: ListedObject): ListedObject {
  return { ...object, paymentId: idSchema("pay").safeParse(object.paymentId).data ?? null };
}

function toFinding({ kind, charge, payment }: Difference): ReconciliationFinding {
  const { id: providerObjectId, amountMinor, currency, paymentId } = charge;
  return {
    kind,
    providerObjectId,
    paymentId: payment?.id ?? paymentId,
    paymentStatus: payment?.status ?? null,
    amountMinor,
    currency,
  };
}

function toAnomaly({ kind, charge, payment }: Difference, run: ReconciliationRun): AnomalyReport {
  const { status, amountMinor, currency, providerObjectId, providerAccount } = payment ?? {};
  return {
    kind,
    paymentId: payment?.id ?? null,
    providerObjectId: charge.id,
    evidence: {
      foundBy: run.id,
      providerAccount: run.providerAccount,
      charge,
      payment: payment && { status, amountMinor, currency, providerObjectId, providerAccount },
    },
  };
}
