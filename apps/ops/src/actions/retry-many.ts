import {
  type Actor,
  type BulkRun,
  changeBulkRun,
  countSelection,
  readBulkRun,
  startBulkRun,
} from "@payonce/db/operations";
import { idSchema, PayonceError } from "@payonce/domain";
import type pg from "pg";
import { z } from "zod";
import { keptText, onlyReason, reason } from "./reason.ts";

// Kept with the run, as the reasons are.
const text = keptText("be text", 255);
const ageMs = z.int("must be a whole number of milliseconds").min(0, "must not be negative").max(3.2e11, "is too long");

/** Which dead letters; an empty filter means all. */
export const deadLetterFilter = z.strictObject({
  search: text.optional(),
  merchantId: text.optional(),
  providerAccount: text.optional(),
  reason: text.optional(),
  outcomeUnknown: z.boolean("must be true or false").optional(),
  olderThanMs: ageMs.optional(),
  newerThanMs: ageMs.optional(),
});

export const bulkSelection = z.union(
  [
    z.strictObject({
      ids: z.array(idSchema("pay")).min(1, "must name a payment").max(10_000, "may name 10000 at most"),
    }),
    z.strictObject({ filter: deadLetterFilter }),
  ],
  "must be { ids } or { filter }",
);

export const retryManyInput = z
  .strictObject({
    selection: bulkSelection,
    reason,
    /** So that nothing happens that was not meant: the default only counts. */
    dryRun: z.boolean("must be true or false").default(true),
    /** As the dry run said. */
    expectedCount: z
      .int("must be a whole number")
      .min(0, "must not be negative")
      .max(2_147_483_647, "is too large")
      .optional(),
    ratePerSecond: z
      .int("must be a whole number")
      .min(1, "must be at least 1")
      .max(1_000, "must be at most 1000")
      .default(20),
  })
  .refine(({ dryRun, expectedCount }) => dryRun || expectedCount !== undefined, {
    path: ["expectedCount"],
    message: "is required: give the count that the dry run told",
  });

/** The rate is in payments a second. */
export type RetryManyResult =
  | { dryRun: true; count: number; outcomeUnknown: number }
  | { dryRun: false; runId: string; total: number };

/**
 * Counts the dead letters of a selection, or has them retried in the background at a rate.
 *
 * @throws PayonceError count_changed when there are more or fewer than expected; nothing was done
 */
export async function retryMany(
  pool: pg.Pool,
  actor: Actor,
  input: z.output<typeof retryManyInput>,
): Promise<RetryManyResult> {
  const { selection, reason, ratePerSecond, expectedCount } = input;
  if (input.dryRun || expectedCount === undefined) return { dryRun: true, ...(await countSelection(pool, selection)) };
  const started = await startBulkRun(pool, actor, { selection, reason, ratePerSecond, expectedCount });
  if (started.result === "count_changed")
    throw new PayonceError(
      "count_changed",
      `There are ${started.count} dead letters of this selection, not ${expectedCount}. Nothing was done. Look at them again, and give the new count.`,
      { param: "expectedCount" },
    );
  return { dryRun: false, runId: started.id, total: started.total };
}

export const changeBulkRunInput = onlyReason;

/** @throws PayonceError bulk_run_ended when it does not run, bulk_run_not_found */
export const abortBulkRun = (pool: pg.Pool, actor: Actor, id: string, input: z.output<typeof changeBulkRunInput>) =>
  change(pool, actor, id, "aborted", input.reason);

/** @throws PayonceError bulk_run_ended when it was not aborted, bulk_run_not_found */
export const resumeBulkRun = (pool: pg.Pool, actor: Actor, id: string, input: z.output<typeof changeBulkRunInput>) =>
  change(pool, actor, id, "running", input.reason);

async function change(
  pool: pg.Pool,
  actor: Actor,
  id: string,
  to: "aborted" | "running",
  reason: string,
): Promise<BulkRun> {
  const outcome = await changeBulkRun(pool, actor, id, to, reason);
  const run = await readBulkRun(pool, id);
  if (outcome === "not_found" || !run)
    throw new PayonceError("bulk_run_not_found", "There is no bulk run with this id.");
  if (outcome === "not_in_that_state")
    throw new PayonceError(
      "bulk_run_ended",
      `The run is ${run.status}: only one that is ${to === "aborted" ? "running can be aborted" : "aborted can be resumed"}.`,
    );
  return run;
}
