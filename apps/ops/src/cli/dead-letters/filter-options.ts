import type { DeadLetterFilter } from "@payonce/db/operations";
import { Option } from "commander";
import { durationOption, idOption, textOption } from "../options.ts";
import { quoteArgument } from "../terminal/quote-argument.ts";

export interface FilterOptions {
  cause?: string;
  merchant?: string;
  account?: string;
  unknown?: boolean;
  known?: boolean;
  olderThan?: number;
  newerThan?: number;
  search?: string;
}

/** Which dead letters. `--reason` is why an operator does something, everywhere; so this is `--cause`. */
export function filterOptions(): Option[] {
  return [
    textOption("--cause <cause>", "dead-lettered because of attempts_spent, no_progress or provider_mismatch"),
    idOption("mer", "--merchant <id>", "of this merchant"),
    textOption("--account <account>", "of this account at the provider, such as acct_1Nv0FG:live"),
    new Option("--unknown", "of which it is unknown whether money moved").conflicts("known"),
    new Option("--known", "that have provably not been charged"),
    durationOption("--older-than <duration>", "dead-lettered at least so long ago, such as 2h"),
    durationOption("--newer-than <duration>", "dead-lettered less than so long ago"),
    textOption("--search <text>", "with this payment id, order reference, idempotency key or provider object, whole"),
  ];
}

export function toFilter(options: FilterOptions): DeadLetterFilter {
  const { cause, merchant, account, unknown, known, olderThan, newerThan, search } = options;
  return {
    ...(search !== undefined && { search }),
    ...(merchant !== undefined && { merchantId: merchant }),
    ...(account !== undefined && { providerAccount: account }),
    ...(cause !== undefined && { reason: cause }),
    ...(unknown && { outcomeUnknown: true }),
    ...(known && { outcomeUnknown: false }),
    ...(olderThan !== undefined && { olderThanMs: olderThan }),
    ...(newerThan !== undefined && { newerThanMs: newerThan }),
  };
}

/** The same options, written out to be copied. */
export function writeFilter(options: FilterOptions): string[] {
  const texts = { cause: options.cause, merchant: options.merchant, account: options.account };
  const named = Object.entries(texts).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, quoteArgument(value)],
  );
  return [
    ...named,
    ...(options.unknown ? ["--unknown"] : []),
    ...(options.known ? ["--known"] : []),
    ...(options.olderThan === undefined ? [] : ["--older-than", writeDuration(options.olderThan)]),
    ...(options.newerThan === undefined ? [] : ["--newer-than", writeDuration(options.newerThan)]),
    ...(options.search === undefined ? [] : ["--search", quoteArgument(options.search)]),
  ];
}

function writeDuration(ms: number): string {
  const units: [string, number][] = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
  ];
  const [unit, size] = units.find(([, size]) => ms > 0 && ms % size === 0) ?? ["s", 1_000];
  return `${ms / size}${unit}`;
}
