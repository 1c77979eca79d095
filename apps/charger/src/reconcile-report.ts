import type { ReconciliationRun, ToldFinding } from "@payonce/db";
import { CURRENCIES, formatMoney } from "@payonce/domain";

/** So many are shown to people; machines get all. */
const MAX_ROWS = 50;

const MEANINGS: Readonly<Record<string, string>> = {
  healing: "The provider has charged it and we do not know yet; the charger has been told to look.",
  charge_without_payment: "The provider took money for a payment that is not here.",
  charged_object_not_stored:
    "The provider took money through an object that its payment does not have. A second charge?",
  charged_though_declined: "The provider took money, and we told the merchant that it did not.",
  charged_though_canceled: "The provider took money for a payment that was canceled.",
  provider_mismatch: "The charge and its payment are not about the same money.",
  succeeded_without_charge: "We told the merchant that it was paid, and the provider has taken no money.",
};

/** A finished run in words and a table, for people, in chunks; `findings` as `listFindings` gives them. */
export async function* reportForPeople(
  run: ReconciliationRun,
  findings: AsyncIterable<ToldFinding>,
): AsyncGenerator<string> {
  yield `Payments of ${day(run.periodFrom)} to ${day(run.periodTo)} UTC, at ${run.providerAccount}\n\n`;
  yield `${count(run.charges, "charge")} listed by the provider, also for payments shortly before or after\n`;
  yield `${count(run.payments, "succeeded payment")} of ours\n\n`;
  const total = run.healing + run.anomalies;
  if (total === 0) return yield "Nothing differs.\n";

  const rows: string[][] = [];
  const kinds = new Set<string>();
  for await (const finding of findings) {
    if (rows.length >= MAX_ROWS) break;
    kinds.add(finding.kind);
    rows.push(toRow(finding));
  }
  yield table(["DIFFERENCE", "PAYMENT", "IS", "CHARGE", "AMOUNT", ""], rows);
  if (total > rows.length) yield `… and ${(total - rows.length).toLocaleString("en")} more; --json shows all\n`;
  yield "\n";
  const width = Math.max(...[...kinds].map((kind) => kind.length));
  for (const kind of kinds) yield `${kind.padEnd(width)}  ${MEANINGS[kind] ?? "See ARCHITECTURE.md."}\n`;
  yield "\n";
  if (run.healing > 0)
    yield `${run.healing.toLocaleString("en")} healing: run this again in a minute, and nothing should be left of it.\n`;
  if (run.anomalies > 0)
    yield `${count(run.anomalies, "anomaly", "anomalies")} for a person to look at. No payment was changed because of it.\n`;
}

/** A finished run as one JSON document, in chunks. Times are ISO 8601, amounts in minor units. */
export async function* reportForMachines(
  run: ReconciliationRun,
  findings: AsyncIterable<ToldFinding>,
): AsyncGenerator<string> {
  const head = {
    id: run.id,
    period: { from: run.periodFrom, to: run.periodTo },
    provider_account: run.providerAccount,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    charges: run.charges,
    payments: run.payments,
    healing: run.healing,
    anomalies: run.anomalies,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"findings":[`;
  let separator = "";
  for await (const { kind, paymentId, paymentStatus, providerObjectId, amountMinor, currency, isNew } of findings) {
    const finding = {
      kind,
      payment_id: paymentId,
      payment_status: paymentStatus,
      provider_object_id: providerObjectId,
      amount: amountMinor,
      currency,
      is_new: isNew,
    };
    yield `${separator}${JSON.stringify(finding)}`;
    separator = ",";
  }
  yield "]}\n";
}

function toRow(finding: ToldFinding): string[] {
  const { kind, paymentId, paymentStatus, providerObjectId, amountMinor, currency, isNew } = finding;
  // What the provider says its currency is need not be one that we know.
  const amount = CURRENCIES.includes(currency) ? formatMoney(amountMinor, currency) : `${amountMinor} ${currency}`;
  return [kind, paymentId ?? "none", paymentStatus ?? "-", providerObjectId, amount, isNew === false ? "known" : ""];
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: string[]) => `${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd();
  return [head, ...rows].map((row) => `${line(row)}\n`).join("");
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** `2026-11-22 00:00` */
function day(time: Date): string {
  return time.toISOString().slice(0, 16).replace("T", " ");
}
