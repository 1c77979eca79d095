import { abortBulkRun } from "../../actions/retry-many.ts";
import { reasonBody } from "../action-fields.ts";
import { defineOperation } from "../operation.ts";
import { bulkRunParams, bulkRunSchema, EXAMPLE_BULK_RUN, toBulkRun } from "./bulk-run-resource.ts";

export const abortBulkRunOperation = defineOperation(
  {
    operationId: "abortBulkRun",
    method: "post",
    path: "/ops/v1/bulk_runs/{id}/abort",
    tag: "Bulk runs",
    summary: "Stop a bulk run",
    description: "After the answer no further payment is touched. What was retried stays retried.",
    role: "operator",
    params: bulkRunParams,
    body: reasonBody,
    answers: {
      200: {
        description: "It has stopped.",
        schema: bulkRunSchema,
        example: { ...EXAMPLE_BULK_RUN, status: "aborted", ended_at: "2026-11-22T10:00:06.200Z" },
      },
    },
    notFound: "bulk_run_not_found",
    problems: ["bulk_run_ended"],
  },
  async ({ dependencies, actor, params, body }) => {
    const run = await abortBulkRun(dependencies.db.pool, actor, params.id, body);
    return { 200: toBulkRun(run) };
  },
);
