import { sqlState } from "@payonce/db";
import { type Check, type Finding, failed, Unchecked, unchecked } from "./check.ts";

export type NamedFinding = Finding & { name: string };

/**
 * Runs all checks at once. Each has its time: one that hangs, or falls over, says so, and holds up no other.
 *
 * @returns the findings in the order of the checks
 */
export function runChecks(checks: readonly Check[], limitMs: number): Promise<NamedFinding[]> {
  return Promise.all(
    checks.map(async ({ name, run }): Promise<NamedFinding> => {
      let timer: NodeJS.Timeout | undefined;
      const tooLate = new Promise<Finding>((resolve) => {
        const found = `no answer within ${limitMs / 1_000} s`;
        timer = setTimeout(
          () => resolve(failed(found, "Look at what hangs. A larger --timeout waits longer.")),
          limitMs,
        );
      });
      // A check that throws before it waits must not take the others along either.
      const finding = await Promise.race([Promise.resolve().then(run).catch(describeError), tooLate]);
      clearTimeout(timer);
      return { name, ...finding };
    }),
  );
}

function describeError(error: unknown): Finding {
  const { message, code } = error as { message?: string; code?: string };
  if (error instanceof Unchecked) return unchecked(message ?? "");
  // undefined_table, undefined_column
  if (["42P01", "42703"].includes(sqlState(error) ?? "")) return unchecked("the database lacks a migration, see there");
  return failed(
    `could not be looked at: ${message || code}`,
    "Mend what the message names, and run payonce doctor again.",
  );
}
