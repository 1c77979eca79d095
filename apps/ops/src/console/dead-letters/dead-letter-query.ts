import type { DeadLetterFilter } from "@payonce/db/operations";
import { z } from "zod";
import { deadLetterReasonWords } from "../elements/words.ts";
import { queryChoice, queryText } from "../query.ts";

const HOUR_MS = 3_600_000;

const AGES = {
  "last-hour": { label: "In the last hour", filter: { newerThanMs: HOUR_MS } },
  "last-day": { label: "In the last 24 hours", filter: { newerThanMs: 24 * HOUR_MS } },
  "over-hour": { label: "More than an hour ago", filter: { olderThanMs: HOUR_MS } },
  "over-day": { label: "More than a day ago", filter: { olderThanMs: 24 * HOUR_MS } },
  "over-week": { label: "More than a week ago", filter: { olderThanMs: 7 * 24 * HOUR_MS } },
} as const;

type Age = keyof typeof AGES;
const AGE_NAMES = Object.keys(AGES) as [Age, ...Age[]];

export const AGE_CHOICES = AGE_NAMES.map((value) => ({ value, label: AGES[value].label }));

/** How a page's address names dead letters. Nothing set means all. */
export const deadLetterQuery = z.object({
  search: queryText,
  merchant: queryText,
  account: queryText,
  /** Not `reason`: that is the field of every form that says why something is done. */
  why: queryText,
  age: queryChoice(AGE_NAMES),
  outcome: queryChoice(["known", "unknown"]),
});

export type DeadLetterQuery = z.output<typeof deadLetterQuery>;

export function toFilter({ search, merchant, account, why, age, outcome }: DeadLetterQuery): DeadLetterFilter {
  return {
    ...(search && { search }),
    ...(merchant && { merchantId: merchant }),
    ...(account && { providerAccount: account }),
    ...(why && { reason: why }),
    ...(outcome && { outcomeUnknown: outcome === "unknown" }),
    ...(age && AGES[age].filter),
  };
}

/** A filter in words, each of its conditions; none for all dead letters. */
export function describeFilter(filter: DeadLetterFilter): string[] {
  const { search, merchantId, providerAccount, reason, outcomeUnknown, olderThanMs, newerThanMs } = filter;
  const hours = (ms: number) => `${Math.round((ms / HOUR_MS) * 10) / 10} h`;
  return [
    search && `“${search}” is its id, order, key or object`,
    merchantId && `merchant ${merchantId}`,
    providerAccount && `account ${providerAccount} at the provider`,
    reason && `reason “${deadLetterReasonWords(reason)}”`,
    outcomeUnknown !== undefined && (outcomeUnknown ? "may have been charged" : "not charged"),
    olderThanMs !== undefined && `dead-lettered more than ${hours(olderThanMs)} ago`,
    newerThanMs !== undefined && `dead-lettered in the last ${hours(newerThanMs)}`,
  ].filter((words): words is string => typeof words === "string" && words !== "");
}
