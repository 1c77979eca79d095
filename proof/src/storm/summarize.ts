import { groupBy } from "../invariants/group-by.ts";
import { describePayment } from "./describe-payment.ts";
import type { StormResult } from "./run-storm.ts";

/** A storm in figures. */
export interface StormSummary {
  payments: number;
  paymentsByState: Record<string, number>;
  refundsByState: Record<string, number>;
  charges: number;
  requests: number;
  withoutAnswer: number;
  /** Answers from 400 on, by status. */
  refusals: Record<string, number>;
  /** Faults that found something to strike, by group. */
  faults: Record<string, number>;
  /** Processes that died, by name. */
  deaths: Record<string, number>;
  webhooks: number;
  askedAgain: number;
  restedAfterMs: number | null;
  violations: number;
}

export function summarize({ facts, struck, deaths, findings, askedAgain, restedAfterMs }: StormResult): StormSummary {
  const { payments, refunds, requests, books, received } = facts;
  const refused = requests.filter(({ status }) => status !== null && status >= 400);
  return {
    payments: payments.length,
    paymentsByState: count(payments, ({ status }) => status),
    refundsByState: count(refunds, ({ status }) => status),
    charges: books.charges.length,
    requests: requests.length,
    withoutAnswer: requests.filter(({ status }) => status === null).length,
    refusals: count(refused, ({ status }) => String(status)),
    faults: count(
      struck.filter(({ what }) => what !== null),
      ({ fault }) => fault.group,
    ),
    deaths: Object.fromEntries(deaths),
    webhooks: received.length,
    askedAgain,
    restedAfterMs,
    violations: findings.length,
  };
}

/** The first violation with all that is known of its payment; of each rule how many there are, and one. */
export function describeFindings({ findings, facts }: Pick<StormResult, "findings" | "facts">): string[] {
  const [first] = findings;
  if (!first) return [];
  const { invariant, what, paymentId } = first;
  const byRule = groupBy(findings, (finding) => finding.invariant.id);
  return [
    `VIOLATED: rule ${invariant.id}, ${invariant.says}`,
    `  ${paymentId ?? ""} ${what}`.trimEnd(),
    ...(paymentId === null ? [] : describePayment(facts, paymentId).map((line) => `    ${line}`)),
    ...[...byRule].map(
      ([id, same]) => `${same.length} × rule ${id}; one: ${same[0]?.paymentId ?? ""} ${same[0]?.what}`,
    ),
  ];
}

export function count<Item>(items: readonly Item[], keyOf: (item: Item) => string): Record<string, number> {
  const groups = [...groupBy(items, keyOf)].map(([key, group]) => [key, group.length] as const);
  return Object.fromEntries(groups.sort(([a], [b]) => a.localeCompare(b)));
}
