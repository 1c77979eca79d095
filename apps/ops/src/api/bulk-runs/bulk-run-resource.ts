import type { BulkRun } from "@payonce/db/operations";
import { idSchema } from "@payonce/domain";
import { z } from "zod";
import { deadLetterFilterSchema, fromFilter } from "../dead-letters/dead-letter-filter.ts";

/** The command line may give thousands, and a page has many runs. */
const MAX_IDS_SHOWN = 400;

export const bulkRunSchema = z
  .strictObject({
    id: idSchema("blk"),
    object: z.literal("bulk_run"),
    action: z.literal("retry"),
    status: z.enum(["running", "aborted", "finished"]),
    actor: z.string().meta({ description: "Who started it" }),
    via: z.enum(["console", "api", "cli"]),
    reason: z.string(),
    selection: z.union([
      z.strictObject({
        ids: z.array(idSchema("pay")).meta({ description: `As given; of more than ${MAX_IDS_SHOWN}, the first` }),
      }),
      z.strictObject({ filter: deadLetterFilterSchema }),
    ]),
    rate_per_second: z.int(),
    total: z.int().meta({ description: "So many payments; which ones was fixed when it was started" }),
    retried: z.int(),
    changed: z.int().meta({ description: "Left alone, because they had changed since the run was started" }),
    not_dead_lettered: z.int().meta({ description: "Left alone, because they were no dead letters any more" }),
    left: z.int().meta({ description: "Not yet looked at" }),
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "BulkRun", description: "A run over many dead letters in the background" });

export function toBulkRun(run: BulkRun): z.input<typeof bulkRunSchema> {
  const { selection } = run;
  return {
    id: run.id,
    object: "bulk_run",
    action: "retry",
    status: run.status,
    actor: run.actor,
    via: run.via,
    reason: run.reason,
    selection:
      "filter" in selection ? { filter: fromFilter(selection.filter) } : { ids: selection.ids.slice(0, MAX_IDS_SHOWN) },
    rate_per_second: run.ratePerSecond,
    total: run.total,
    retried: run.retried,
    changed: run.changed,
    not_dead_lettered: run.notDeadLettered,
    left: run.left,
    created_at: run.createdAt.toISOString(),
    ended_at: run.endedAt?.toISOString() ?? null,
  };
}

export const EXAMPLE_BULK_RUN: z.input<typeof bulkRunSchema> = {
  id: "blk_01m814esw7e00bgbyj9j5g8yxa",
  object: "bulk_run",
  action: "retry",
  status: "running",
  actor: "dana",
  via: "api",
  reason: "The bank's outage is over (INC-2291)",
  selection: { filter: { reason: "attempts_spent" } },
  rate_per_second: 20,
  total: 240,
  retried: 120,
  changed: 1,
  not_dead_lettered: 0,
  left: 119,
  created_at: "2026-11-22T10:00:00.000Z",
  ended_at: null,
};

/** The path parameter of everything about one run. */
export const bulkRunParams = z.strictObject({
  id: idSchema("blk").meta({ description: "The run's id", example: EXAMPLE_BULK_RUN.id }),
});
