import { parseArgs } from "node:util";
import { z } from "zod";
import type { Period } from "./providers/provider.ts";

export const USAGE = `Compares the provider's charges with our payments. What differs heals, or becomes an anomaly for a person.

  npm run reconcile -- [--from 2026-11-01] [--to 2026-11-22] [--json]

  --from   first day, in UTC, or a time such as 2026-11-01T08:00:00Z; yesterday where not said
  --to     last day, or a time; today where not said
  --json   for machines

Ends with 0 when nothing differs, 1 when something does, 2 when it could not run or was not finished.
The same command goes on with a run that was not finished.`;

export type Arguments = { period: Period; isJson: boolean } | "help" | { mistake: string };

const DAY_MS = 86_400_000;

/** @param now decides what yesterday and today are */
export function parseArguments(args: string[], now: Date): Arguments {
  let values: { from?: string; to?: string; json?: boolean; help?: boolean };
  try {
    const options = { from: { type: "string" }, to: { type: "string" } } as const;
    const flags = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    ({ values } = parseArgs({ args, options: { ...options, ...flags } }));
  } catch (error) {
    return { mistake: (error as Error).message };
  }
  if (values.help) return "help";
  const today = now.getTime() - (now.getTime() % DAY_MS);
  const from = values.from === undefined ? new Date(today - DAY_MS) : parseTime(values.from, 0);
  // The day that is named belongs to the period.
  const to = values.to === undefined ? new Date(today + DAY_MS) : parseTime(values.to, DAY_MS);
  if (!from) return { mistake: `--from ${values.from} is not a day such as 2026-11-01, nor a time` };
  if (!to) return { mistake: `--to ${values.to} is not a day such as 2026-11-22, nor a time` };
  if (from >= to) return { mistake: "--from must be before --to" };
  if (from > now) return { mistake: "--from must not be in the future" };
  return { period: { from, to }, isJson: values.json ?? false };
}

function parseTime(text: string, addToDayMs: number): Date | null {
  if (z.iso.date().safeParse(text).success) return new Date(Date.parse(text) + addToDayMs);
  return z.iso.datetime({ offset: true }).safeParse(text).success ? new Date(text) : null;
}
