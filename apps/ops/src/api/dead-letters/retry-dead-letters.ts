import { readBulkRun, type SelectionCount } from "@payonce/db/operations";
import { idSchema, PayonceError } from "@payonce/domain";
import { z } from "zod";
import { retryMany, retryManyInput } from "../../actions/retry-many.ts";
import { reasonField } from "../action-fields.ts";
import { bulkRunSchema, EXAMPLE_BULK_RUN, toBulkRun } from "../bulk-runs/bulk-run-resource.ts";
import { defineOperation } from "../operation.ts";
import { EXAMPLE_PAYMENT_ID } from "../payments/payment-action.ts";
import { deadLetterFilterSchema, toFilter } from "./dead-letter-filter.ts";

/** So many fit into a body, with room for a long reason. */
const MAX_IDS = 400;
const { dryRun, ratePerSecond } = retryManyInput.shape;

const selectionSchema = z
  .strictObject({
    ids: z
      .array(idSchema("pay"), "must be a list of payment ids")
      .min(1, "must name a payment")
      .max(MAX_IDS, `may name ${MAX_IDS} at most; for more, use a filter`)
      .optional()
      .meta({
        description: "These payments; one that is no dead letter does not count",
        example: [EXAMPLE_PAYMENT_ID],
      }),
    filter: deadLetterFilterSchema.optional(),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), "must have either ids or a filter")
  .meta({ minProperties: 1, maxProperties: 1, description: "Which dead letters: either `ids` or a `filter`" });

const bodySchema = z
  .strictObject({
    selection: selectionSchema,
    reason: reasonField,
    dry_run: dryRun.meta({ description: "Only count, and change nothing" }),
    expected_count: z
      .int("must be a whole number")
      .min(0, "must not be negative")
      .max(2_147_483_647, "is too large")
      .optional()
      .meta({
        description:
          "The count that the dry run told; required unless `dry_run`. If it is another by now, nothing is done",
        example: 240,
      }),
    rate_per_second: ratePerSecond.meta({ description: "So many payments a second", example: 20 }),
  })
  .refine(({ dry_run, expected_count }) => dry_run || expected_count !== undefined, {
    path: ["expected_count"],
    message: "is required: give the count that the dry run told",
  });

const dryRunSchema = z
  .strictObject({
    object: z.literal("bulk_retry_dry_run"),
    dry_run: z.literal(true),
    count: z.int().meta({ description: "So many dead letters would be retried" }),
    outcome_unknown: z.int().meta({
      description:
        "Of them, those of which it is unknown whether money moved: the provider is asked before anything else",
    }),
  })
  .meta({ id: "BulkRetryDryRun" });

export const retryDeadLettersOperation = defineOperation(
  {
    operationId: "retryDeadLetters",
    method: "post",
    path: "/ops/v1/dead_letters/retry",
    tag: "Dead letters",
    summary: "Retry many dead letters",
    description: `Counts the dead letters of a selection, or, with \`dry_run: false\` and the count as \`expected_count\`, starts a
run that retries them in the background at a rate. Which payments a run is about is fixed when it starts; one that changes
meanwhile is left alone. When no answer comes, look at the bulk runs before trying again: what was started is there.`,
    role: "operator",
    body: {
      schema: bodySchema,
      example: {
        selection: { filter: { reason: "attempts_spent", outcome_unknown: false } },
        reason: "The bank's outage is over (INC-2291)",
        dry_run: false,
        expected_count: 240,
        rate_per_second: 20,
      },
    },
    answers: {
      200: {
        description: "The dry run's count. Nothing was changed.",
        schema: dryRunSchema,
        example: { object: "bulk_retry_dry_run", dry_run: true, count: 240, outcome_unknown: 3 },
      },
      202: {
        description: "The run has started.",
        schema: bulkRunSchema,
        example: { ...EXAMPLE_BULK_RUN, retried: 0, changed: 0, left: 240 },
        location: { description: "The run", of: ({ id }: { id: string }) => `/ops/v1/bulk_runs/${id}` },
      },
    },
    problems: ["count_changed"],
  },
  async ({ dependencies, actor, body }) => {
    const { pool } = dependencies.db;
    const { ids = [], filter } = body.selection;
    const result = await retryMany(pool, actor, {
      selection: filter ? { filter: toFilter(filter) } : { ids },
      reason: body.reason,
      dryRun: body.dry_run,
      expectedCount: body.expected_count,
      ratePerSecond: body.rate_per_second,
    }).catch(sayItInTheWordsOfTheApi);
    if (result.dryRun) return { 200: toDryRun(result) };
    const run = await readBulkRun(pool, result.runId);
    if (!run) throw new Error("a run that was just started is gone");
    return { 202: toBulkRun(run) };
  },
);

function toDryRun({ count, outcomeUnknown }: SelectionCount): z.input<typeof dryRunSchema> {
  return { object: "bulk_retry_dry_run", dry_run: true, count, outcome_unknown: outcomeUnknown };
}

function sayItInTheWordsOfTheApi(error: unknown): never {
  if (error instanceof PayonceError && error.param === "expectedCount")
    throw new PayonceError(error.code, error.message, { param: "expected_count" });
  throw error;
}
